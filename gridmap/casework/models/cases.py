"""One case, whichever network it belongs to."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.roles import Network
from gridmap.casework.models.categories import Category
from gridmap.casework.numbers import next_number
from gridmap.casework.querysets import CaseQuerySet
from gridmap.territory.columns import mercator
from gridmap.territory.models import Grid, Region

LONGEST_DESCRIPTION = 2000


class Case(models.Model):
    """事件. Its community, grid and area are those of the day it was reported, written by the database alone; a
    re-drawing leaves them as they are. Those that are `private` are in no tile, no count from afar and no news.

    `description` and `address` tell of the matter and the spot, never of who lives there: whoever sees the place on the
    map may read them.
    """

    class Stage(models.TextChoices):
        REPORTED = "reported", _("reported")
        ACCEPTED = "accepted", _("accepted")
        DISPATCHED = "dispatched", _("dispatched")
        HANDLING = "handling", _("being handled")
        INSPECTING = "inspecting", _("being inspected")
        CLOSED = "closed", _("case closed")
        REFUSED = "refused", _("not accepted")

    #: Stages at which nothing is left to do.
    OVER = (Stage.CLOSED, Stage.REFUSED)

    number = models.CharField(_("number"), max_length=24, unique=True, default=next_number)
    network = models.CharField(_("network"), max_length=20, choices=Network)
    category = models.ForeignKey(
        Category,
        verbose_name=_("class of case"),
        on_delete=models.PROTECT,
        related_name="cases",
        db_constraint=False,  # held together with the network, see the migration of truths
    )
    description = models.TextField(_("description"), blank=True)
    stage = models.CharField(_("stage"), max_length=12, choices=Stage, default=Stage.REPORTED)
    is_open = models.GeneratedField(
        expression=models.ExpressionWrapper(~Q(stage__in=OVER), models.BooleanField()),
        output_field=models.BooleanField(_("still open")),
        db_persist=True,
    )
    urgent = models.BooleanField(_("urgent"), default=False)
    reported_at = models.DateTimeField(_("reported at"))
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    #: As the category says; the database alone writes it.
    private = models.BooleanField(_("private matter"), default=False, db_default=False, editable=False)
    #: Open though due. The database writes it with every change, and every minute for what came due meanwhile.
    overdue = models.BooleanField(_("overdue"), default=False, editable=False)
    geom = models.PointField(_("position"), srid=4326)
    geom_3857 = mercator()
    address = models.CharField(_("place"), max_length=200, blank=True)
    community = models.ForeignKey(
        Region,
        verbose_name=_("community"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="cases",
    )
    grid = models.ForeignKey(
        Grid, verbose_name=_("grid"), null=True, editable=False, on_delete=models.PROTECT, related_name="cases"
    )
    area = models.CharField(_("area"), max_length=15, blank=True, editable=False)
    source = models.CharField(_("source"), max_length=80, blank=True)
    source_ref = models.CharField(_("number in the source"), max_length=120, blank=True)
    #: Writers ask for the version they have read and raise it, so that nobody overwrites what they have not seen.
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes: ClassVar = [
            models.Index(fields=["area"], opclasses=["varchar_pattern_ops"], name="case_area_prefix"),
            models.Index(fields=["-reported_at", "-id"], name="case_newest_first"),
            models.Index(fields=["source_ref"], condition=~Q(source_ref=""), name="case_by_number_of_source"),
            models.Index(fields=["due_at"], condition=Q(is_open=True), name="case_by_due_time"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(number__regex=r"^\d{8}-\d{6,}$"), name="case_number_is_day_and_count"),
            models.CheckConstraint(
                condition=Q(stage__in=["closed", "refused"], closed_at__isnull=False)
                | Q(stage__in=["reported", "accepted", "dispatched", "handling", "inspecting"], closed_at__isnull=True),
                name="case_is_over_when_it_was_closed",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("reported_at")),
                name="case_closes_after_its_report",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(due_at__gte=F("reported_at")), name="case_is_due_after_its_report"
            ),
            models.CheckConstraint(
                condition=Q(overdue=False) | Q(is_open=True, due_at__isnull=False), name="case_overdue_is_open_and_due"
            ),
            models.CheckConstraint(
                condition=Q(area="", community__isnull=True, grid__isnull=True)
                | Q(area__regex=r"^\d{12}$", community__isnull=False, grid__isnull=True)
                | Q(area__regex=r"^\d{15}$", community__isnull=False, grid__isnull=False),
                name="case_area_is_its_place",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("description"), LONGEST_DESCRIPTION), name="case_description_is_short"
            ),
            models.CheckConstraint(condition=Q(version__gte=1), name="case_version_counts_from_one"),
            models.UniqueConstraint(
                fields=["source", "source_ref"], condition=~Q(source_ref=""), name="case_once_per_source"
            ),
        ]

    def __str__(self) -> str:
        return self.number
