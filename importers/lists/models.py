"""Rows of people's lists between the upload and the tables, and the spellings of compounds that somebody decided."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.models import AREA_PATTERN
from gridmap.population.models.placed import AREA_DIGITS
from gridmap.territory.models import Building, Compound
from gridmap.vault.fields import BlindField, SealedField


class ListRow(models.Model):
    """One row of a list: what it says (sealed), which building it means, and what it would do.

    `area` is the area of the import: the database shows the row only behind a door to it. For the same reason it is
    the database that deletes rows with their import and forgets buildings that are gone.
    """

    class State(models.TextChoices):
        MATCHED = "matched", _("matched")
        AMBIGUOUS = "ambiguous", _("ambiguous")
        UNMATCHED = "unmatched", _("not found")
        LEFT_OUT = "left_out", _("left out")
        REFUSED = "refused", _("refused")
        HELD = "held", _("held, and not in the list")

    class Action(models.TextChoices):
        CREATED = "created", _("new")
        CHANGED = "changed", _("changed")
        CONFLICT = "conflict", _("contradicts")
        SAME = "same", _("unchanged")
        MISSING = "missing", _("not in the list")
        WAITING = "waiting", _("waits for a building")
        STREET = "street", _("for the street to decide")
        REFUSED = "refused", _("refused")

    #: What can be written.
    WRITTEN = (Action.CREATED, Action.CHANGED, Action.CONFLICT)
    #: A person can pick a building for these.
    OPEN = (State.AMBIGUOUS, State.UNMATCHED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey("importers.ImportRun", on_delete=models.DO_NOTHING, related_name="list_rows")
    area = models.CharField(max_length=AREA_DIGITS, db_collation="C", blank=True, default="")
    row = models.IntegerField(_("row"))
    values = SealedField(_("values"), mask="text")
    reasons = SealedField(_("reasons"), mask="text")
    #: Why the comparison refuses the row or notes something; codes only.
    found = models.JSONField(default=list)
    state = models.CharField(_("place"), max_length=10, choices=State)
    picked = models.BooleanField(_("picked by a person"), default=False)
    spelling = SealedField(_("compound as it is written"), mask="text")
    spelling_blind = BlindField(source="spelling", kind="name")
    candidates = models.JSONField(_("buildings it may mean"), default=list)
    building = models.ForeignKey(Building, verbose_name=_("building"), null=True, on_delete=models.DO_NOTHING)
    unit = models.CharField(_("unit (单元)"), max_length=20, blank=True)
    floor = models.SmallIntegerField(_("floor"), null=True)
    room = models.CharField(_("room"), max_length=20, blank=True)
    action = models.CharField(_("action"), max_length=8, choices=Action, blank=True)
    changes = models.JSONField(_("fields that change"), default=list)
    conflicts = models.JSONField(_("fields that contradict"), default=list)
    target = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("row of a list")
        verbose_name_plural = _("rows of lists")
        indexes: ClassVar = [
            models.Index(fields=["run", "row"], name="list_row_in_order"),
            models.Index(fields=["run", "state", "row"], name="list_row_by_state"),
            models.Index(fields=["run", "action", "row"], name="list_row_by_action"),
        ]

    def __str__(self) -> str:
        return str(self.row)


class CompoundAlias(models.Model):
    """A spelling of a compound that somebody decided in an area: the next list is read with it."""

    area = models.CharField(
        _("area"), max_length=AREA_DIGITS, blank=True, default="", validators=[RegexValidator(AREA_PATTERN)]
    )
    spelling = models.CharField(_("spelling"), max_length=60)
    compound = models.ForeignKey(
        Compound, verbose_name=_("compound"), on_delete=models.CASCADE, related_name="spellings"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), auto_now=True)

    class Meta:
        verbose_name = _("spelling of a compound")
        verbose_name_plural = _("spellings of compounds")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "spelling"], name="one_compound_per_spelling_and_area"),
        ]

    def __str__(self) -> str:
        return f"{self.spelling} → {self.compound}"
