"""What may be told of a building without telling of anybody: counts."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gridmap.territory.models import Building, Region


class BuildingCount(models.Model):
    """The counts of one building, written by `recount_people` alone, read by tiles and cards, which never touch a
    personal table. A care household is one with a present resident who has a care tag, counted by its worst risk."""

    building = models.OneToOneField(
        Building, primary_key=True, verbose_name=_("building"), on_delete=models.CASCADE, related_name="people"
    )
    dwellings = models.PositiveIntegerField(_("dwellings"), default=0)
    let = models.PositiveIntegerField(_("let"), default=0)
    vacant = models.PositiveIntegerField(_("vacant"), default=0)
    households = models.PositiveIntegerField(_("resident households"), default=0)
    residents = models.PositiveIntegerField(_("residents"), default=0)
    elders = models.PositiveIntegerField(_("residents aged 60 and over"), default=0)
    care_high = models.PositiveIntegerField(_("households of high risk"), default=0)
    care_key = models.PositiveIntegerField(_("key households"), default=0)
    care_general = models.PositiveIntegerField(_("general care households"), default=0)

    class Meta:
        verbose_name = _("counts of a building")
        verbose_name_plural = _("counts of buildings")

    def __str__(self) -> str:
        return str(self.building_id)


class CountAuthority(models.Model):
    """A community whose buildings are counted from its residents' records instead of from somebody's typed figures."""

    community = models.OneToOneField(
        Region, verbose_name=_("community"), on_delete=models.CASCADE, related_name="count_authority"
    )
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("declared by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    declared_at = models.DateTimeField(_("declared at"), auto_now_add=True)

    class Meta:
        verbose_name = _("community counted by its records")
        verbose_name_plural = _("communities counted by their records")
        ordering: ClassVar = ["community"]

    def __str__(self) -> str:
        return str(self.community)


class RevealUse(models.Model):
    """That a person opened clear values, for the hourly limit; whom and why stands in the traces."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("reveal")
        verbose_name_plural = _("reveals")
        indexes: ClassVar = [models.Index(fields=["person", "at"], name="reveal_of_person")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.at}"
