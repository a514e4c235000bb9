"""Which source is believed about which field, and where two of them disagree."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.models import AREA_PATTERN
from gridmap.population.models.placed import AREA_DIGITS, Placed
from gridmap.population.models.residents import Resident
from gridmap.population.querysets import ConflictQuerySet
from gridmap.vault.fields import SealedField
from gridmap.vault.masks import MaskKind


class FieldAuthority(models.Model):
    """一数一源: the one source that is believed about a field of residents or dwellings (`resident.phone`) in an area;
    of several the one for the smallest area holds."""

    field = models.CharField(_("field"), max_length=40)
    area = models.CharField(
        _("area"), max_length=AREA_DIGITS, blank=True, default="", validators=[RegexValidator(AREA_PATTERN)]
    )
    source = models.CharField(_("source"), max_length=80)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("declared by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    declared_at = models.DateTimeField(_("declared at"), auto_now=True)

    class Meta:
        verbose_name = _("authority for a field")
        verbose_name_plural = _("authorities for fields")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["field", "area"], name="one_authority_per_field_and_area"),
            models.CheckConstraint(condition=Q(area__regex=AREA_PATTERN), name="authority_area_is_a_code_prefix"),
        ]

    def __str__(self) -> str:
        return f"{self.field} {self.area}: {self.source}"


class Conflict(Placed):
    """Two sources that disagree about one field of one resident; somebody decides which is right."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        KEPT = "kept", _("kept as it was")
        TAKEN = "taken", _("taken over")

    resident = models.ForeignKey(
        Resident, verbose_name=_("resident"), on_delete=models.PROTECT, related_name="conflicts"
    )
    field = models.CharField(_("field"), max_length=40)
    held = SealedField(_("held"), mask=MaskKind.TEXT, max_length=500, blank=True)
    offered = SealedField(_("offered"), mask=MaskKind.TEXT, max_length=500, blank=True)
    held_source = models.CharField(_("source of what is held"), max_length=80)
    offered_source = models.CharField(_("source of what is offered"), max_length=80)
    state = models.CharField(_("state"), max_length=6, choices=State, default=State.OPEN)
    found_at = models.DateTimeField(_("found at"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict")
        verbose_name_plural = _("conflicts")
        indexes: ClassVar = [
            models.Index(fields=["area", "found_at"], condition=Q(state="open"), name="conflict_open_by_place"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["resident", "field", "offered_source"],
                condition=Q(state="open"),
                name="one_open_conflict_per_field_and_source",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="conflict_decided_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.get_state_display()}"
