"""Grids and the dated editions of their boundaries."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.territory.columns import area_m2, mercator
from gridmap.territory.models.regions import Region
from gridmap.territory.querysets import GridEditionQuerySet, GridQuerySet


class Grid(models.Model):
    """网格: known by its 15-digit code, which is never given to another, even after it is retired."""

    class Kind(models.TextChoices):
        GENERAL = "general", _("general grid")
        DEDICATED = "dedicated", _("dedicated grid")
        MICRO = "micro", _("micro-grid")

    code = models.CharField(_("code"), max_length=15, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.GENERAL)
    name = models.CharField(_("name"), max_length=120, blank=True)
    community = models.ForeignKey(Region, verbose_name=_("community"), on_delete=models.PROTECT, related_name="grids")
    parent = models.ForeignKey(
        "self",
        verbose_name=_("grid it is part of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="micro_grids",
    )

    objects = GridQuerySet.as_manager()

    class Meta:
        verbose_name = _("grid")
        verbose_name_plural = _("grids")
        ordering: ClassVar = ["code"]
        indexes: ClassVar = [models.Index(fields=["code"], opclasses=["varchar_pattern_ops"], name="grid_code_prefix")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex=r"^\d{15}$"), name="grid_code_has_15_digits"),
            models.CheckConstraint(
                condition=Q(kind="micro", parent__isnull=False) | (~Q(kind="micro") & Q(parent__isnull=True)),
                name="only_a_micro_grid_has_a_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class GridEdition(models.Model):
    """The boundary and the figures of a grid during one period; the boundary is never edited in place."""

    grid = models.ForeignKey(Grid, verbose_name=_("grid"), on_delete=models.PROTECT, related_name="editions")
    geom = models.PolygonField(_("boundary"), srid=4326)
    geom_3857 = mercator()
    area_m2 = area_m2()
    valid = DateTimeRangeField(_("in force"))
    source = models.CharField(_("source"), max_length=80)
    households = models.PositiveIntegerField(_("resident households"), default=0)
    dwellings = models.PositiveIntegerField(_("dwellings"), default=0)
    residents = models.PositiveIntegerField(_("residents"), default=0)
    elders = models.PositiveIntegerField(_("residents aged 60 and over"), default=0)
    stand_ins = models.PositiveIntegerField(_("buildings counted by dwellings"), default=0)
    building_count = models.PositiveIntegerField(_("buildings"), default=0)

    objects = GridEditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("grid boundary")
        verbose_name_plural = _("grid boundaries")
        indexes: ClassVar = [models.Index(fields=["grid"], condition=Q(valid__upper_inf=True), name="grid_now")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(geom__isvalid=True), name="grid_boundary_is_valid"),
            ExclusionConstraint(
                name="one_grid_boundary_at_a_time",
                expressions=[("grid", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.valid}"
