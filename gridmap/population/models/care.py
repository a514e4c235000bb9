"""Why somebody is looked after, and how soon somebody must look in."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridmap.population.models.placed import Placed
from gridmap.population.models.residents import Resident, Risk
from gridmap.population.querysets import CareTagQuerySet


class CareTag(Placed):
    """One reason for care, with its class of risk, from `since` until it is ended."""

    class Kind(models.TextChoices):
        ALONE = "alone", _("lives alone")
        EMPTY_NEST = "empty_nest", _("empty nest")
        AGED_80 = "aged_80", _("80 and over")
        DISABLED = "disabled", _("disabled")
        INCAPACITATED = "incapacitated", _("unable to care for themselves")
        DESTITUTE = "destitute", _("destitute (特困)")
        LOW_INCOME = "low_income", _("low income (低保)")
        DEMENTIA = "dementia", _("dementia")
        SEVERE_ILLNESS = "severe_illness", _("severe illness")
        WIDOWED_CHILDLESS = "widowed_childless", _("widowed or childless")
        ORPHAN = "orphan", _("orphan")
        CHILD_IN_NEED = "child_in_need", _("child in need")
        LEFT_BEHIND = "left_behind", _("left behind")
        PREGNANT = "pregnant", _("pregnant or newly mother")

    resident = models.ForeignKey(
        Resident, verbose_name=_("resident"), on_delete=models.PROTECT, related_name="care_tags"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    risk = models.CharField(_("risk"), max_length=8, choices=Risk, default=Risk.GENERAL)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=80)

    objects = CareTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("care tag")
        verbose_name_plural = _("care tags")
        indexes: ClassVar = [
            models.Index(fields=["area"], name="care_tag_by_place"),
            models.Index(fields=["resident"], condition=Q(until__isnull=True), name="care_tag_in_force"),
            models.Index(fields=["kind", "resident"], condition=Q(until__isnull=True), name="care_tag_by_kind"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["resident", "kind"], condition=Q(until__isnull=True), name="care_tag_once_per_resident"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="care_tag_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
