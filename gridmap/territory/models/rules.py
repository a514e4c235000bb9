"""Rules with figures are data: a row with its value, its unit and where it is written."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Rule(models.Model):
    """One figure that the platform judges by."""

    key = models.CharField(_("key"), max_length=60, primary_key=True)
    name = models.CharField(_("name"), max_length=120)
    value = models.FloatField(_("value"))
    unit = models.CharField(_("unit"), max_length=40)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("rule")
        verbose_name_plural = _("rules")
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return f"{self.name} {self.value:g} {self.unit}"
