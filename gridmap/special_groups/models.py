"""Who stands under special attention, by law and for a time. Even to which group somebody belongs is sealed."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridmap.population.models import Resident
from gridmap.population.models.placed import Placed
from gridmap.special_groups.querysets import SpecialRecordQuerySet
from gridmap.vault.fields import SealedField
from gridmap.vault.masks import MaskKind


class Group(models.TextChoices):
    """The groups of GB/T 31000."""

    RELEASED = "released", _("released from prison")
    CORRECTION = "correction", _("community correction")
    MENTAL_ILLNESS = "mental_illness", _("severe mental illness")
    DRUGS = "drugs", _("drugs")
    HIV = "hiv", _("HIV")
    YOUTH = "youth", _("youth at risk")


class SpecialRecord(Placed):
    """One person in one group, with what helpers must know, and when somebody is to see them next."""

    resident = models.ForeignKey(
        Resident, verbose_name=_("resident"), on_delete=models.PROTECT, related_name="special_records"
    )
    group = SealedField(_("group"), mask=MaskKind.TEXT, max_length=20)
    details = SealedField(_("details"), mask=MaskKind.TEXT, max_length=4000, blank=True)
    source = models.CharField(_("source"), max_length=80)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True)
    next_visit_on = models.DateField(_("next visit"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SpecialRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("special record")
        verbose_name_plural = _("special records")
        indexes: ClassVar = [models.Index(fields=["area", "next_visit_on"], name="special_record_by_visit")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="special_record_ends_after_it_begins"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
