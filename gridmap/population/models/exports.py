"""Taking people's data out of the platform: asked by one person, allowed by another, for a while and a few times."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.models import AREA_PATTERN
from gridmap.population.models.placed import AREA_DIGITS
from gridmap.population.querysets import ExportQuerySet


class ExportRequest(models.Model):
    """What is to be taken out of which area and why. It holds nothing personal itself; the file lies sealed on disk."""

    class State(models.TextChoices):
        ASKED = "asked", _("waiting for a second person")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        APPROVED = "approved", _("approved, being made")
        READY = "ready", _("ready")
        FAILED = "failed", _("failed")
        EXPIRED = "expired", _("expired")

    class Format(models.TextChoices):
        XLSX = "xlsx", "Excel (XLSX)"
        CSV = "csv", "CSV"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.BigIntegerField(_("number"), unique=True, editable=False)
    area = models.CharField(_("area"), max_length=AREA_DIGITS, blank=True, validators=[RegexValidator(AREA_PATTERN)])
    narrowing = models.JSONField(_("which residents"), default=dict)
    fields = models.JSONField(_("fields"), default=list)
    clear = models.BooleanField(_("clear instead of masked"), default=False)
    format = models.CharField(_("format"), max_length=4, choices=Format, default=Format.XLSX)
    purpose = models.CharField(_("purpose"), max_length=300)
    row_count = models.PositiveIntegerField(_("rows when asked"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("requested by"), on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField(_("requested at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_note = models.CharField(_("note on the decision"), max_length=300, blank=True)
    valid_until = models.DateTimeField(_("approval holds until"), null=True)
    job = models.UUIDField(null=True, editable=False)
    rows_written = models.PositiveIntegerField(_("rows in the file"), null=True)
    ready_at = models.DateTimeField(_("ready at"), null=True)
    downloads = models.PositiveSmallIntegerField(_("downloads"), default=0)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering: ClassVar = ["-requested_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(area__regex=AREA_PATTERN), name="export_area_is_a_code_prefix"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="export_is_decided_by_another_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "withdrawn", "expired"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="export_goes_on_only_when_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "ready"]) | Q(valid_until__isnull=False),
                name="export_approval_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number:06d}"
