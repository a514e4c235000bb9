"""RE-DRAW: plans are immutable drafts with figures; adopting one makes new editions of the grids."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.planning.querysets import PlanQuerySet
from gridmap.territory.columns import area_m2, mercator
from gridmap.territory.models import Grid, Region


class Plan(models.Model):
    """划分方案: one drawing of all grids of one community, with the figures it is judged by."""

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        ADOPTED = "adopted", _("adopted")
        DISCARDED = "discarded", _("discarded")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    community = models.ForeignKey(Region, verbose_name=_("community"), on_delete=models.PROTECT, related_name="plans")
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    parameters = models.JSONField(_("parameters"), default=dict)
    figures = models.JSONField(_("figures"), default=dict)
    findings = models.JSONField(_("findings"), default=list)
    ground = models.CharField(_("fingerprint of the ground it was drawn on"), max_length=64)
    job = models.UUIDField(_("job that drew it"), null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("drawn by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="plans_drawn",
    )
    created_at = models.DateTimeField(_("drawn at"), auto_now_add=True)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("adopted by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="plans_adopted",
    )
    adopted_at = models.DateTimeField(_("adopted at"), null=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state="adopted", adopted_at__isnull=False)
                | (~Q(state="adopted") & Q(adopted_at__isnull=True)),
                name="plan_adopted_has_a_date",
            ),
            models.UniqueConstraint(
                fields=["job", "community"], condition=Q(job__isnull=False), name="one_plan_per_job_and_community"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.community} {self.created_at:%Y-%m-%d %H:%M}"


class PlannedGrid(models.Model):
    """One grid of a plan: its shape, the buildings it takes, and what is to be known about it."""

    plan = models.ForeignKey(Plan, verbose_name=_("plan"), on_delete=models.CASCADE, related_name="grids")
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=12, choices=Grid.Kind, default=Grid.Kind.GENERAL)
    geom = models.PolygonField(_("boundary"), srid=4326)
    geom_3857 = mercator()
    area_m2 = area_m2()
    building_ids = models.JSONField(_("buildings"), default=list)
    households = models.PositiveIntegerField(_("resident households"), default=0)
    dwellings = models.PositiveIntegerField(_("dwellings"), default=0)
    residents = models.PositiveIntegerField(_("residents"), default=0)
    elders = models.PositiveIntegerField(_("residents aged 60 and over"), default=0)
    stand_ins = models.PositiveIntegerField(_("buildings counted by dwellings"), default=0)
    findings = models.JSONField(_("findings"), default=list)
    was = models.ForeignKey(
        Grid,
        verbose_name=_("grid in force it follows"),
        null=True,
        on_delete=models.PROTECT,
        related_name="followed_by",
    )
    kept = models.BooleanField(_("kept as it was"), default=False)
    moved_households = models.PositiveIntegerField(_("households from other grids"), default=0)
    grid = models.ForeignKey(
        Grid, verbose_name=_("grid it became"), null=True, on_delete=models.PROTECT, related_name="planned_as"
    )

    class Meta:
        verbose_name = _("planned grid")
        verbose_name_plural = _("planned grids")
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["plan", "number"], name="planned_grid_number_once_per_plan"),
            models.CheckConstraint(condition=Q(geom__isvalid=True), name="planned_boundary_is_valid"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.number}"
