"""户: people who are counted as one household."""

from typing import ClassVar

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from gridmap.population.models.dwellings import Dwelling
from gridmap.population.models.placed import Located
from gridmap.population.querysets import HouseholdQuerySet
from gridmap.vault.fields import SealedField
from gridmap.vault.masks import MaskKind


class Household(Located):
    """A household of a dwelling; `registered` says whether it has its household register (户口) there."""

    dwelling = models.ForeignKey(
        Dwelling, verbose_name=_("dwelling"), on_delete=models.PROTECT, related_name="households"
    )
    number = SealedField(_("household number"), mask=MaskKind.TEXT, max_length=40, blank=True)
    registered = models.BooleanField(_("registered here"), default=True)

    objects = HouseholdQuerySet.as_manager()

    class Meta(Located.Meta):
        verbose_name = _("household")
        verbose_name_plural = _("households")
        indexes: ClassVar = [models.Index(F("area"), F("door_order"), F("id"), name="household_by_place")]

    def __str__(self) -> str:
        return str(self.pk)
