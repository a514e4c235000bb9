"""Regions of five levels and the dated editions of their boundaries."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.territory.columns import area_m2, mercator
from gridmap.territory.querysets import EditionQuerySet, RegionQuerySet


class Region(models.Model):
    """A province, city, county, street or community, known by its 12-digit code for ever."""

    class Level(models.IntegerChoices):
        PROVINCE = 1, _("province")
        CITY = 2, _("city")
        COUNTY = 3, _("county")
        STREET = 4, _("street")
        COMMUNITY = 5, _("community")

    code = models.CharField(_("code"), max_length=12, unique=True)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", verbose_name=_("parent"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    source = models.CharField(_("source"), max_length=80)
    source_ref = models.CharField(_("number in the source"), max_length=120, blank=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering: ClassVar = ["code"]
        indexes: ClassVar = [
            models.Index(fields=["code"], opclasses=["varchar_pattern_ops"], name="region_code_prefix"),
            models.Index(fields=["source", "source_ref"], name="region_in_its_source"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(level=1, code__regex=r"^\d{2}0{10}$")
                | Q(level=2, code__regex=r"^\d{4}0{8}$")
                | Q(level=3, code__regex=r"^\d{6}0{6}$")
                | Q(level=4, code__regex=r"^\d{9}0{3}$")
                | Q(level=5, code__regex=r"^\d{12}$"),
                name="region_code_fits_its_level",
            ),
            models.CheckConstraint(
                condition=Q(level=1, parent__isnull=True) | Q(level__gt=1, parent__isnull=False),
                name="region_has_a_parent_unless_a_province",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RegionEdition(models.Model):
    """The boundary of a region during one period; never edited, only followed by another."""

    region = models.ForeignKey(Region, verbose_name=_("region"), on_delete=models.CASCADE, related_name="editions")
    geom = models.MultiPolygonField(_("boundary"), srid=4326)
    geom_3857 = mercator()
    area_m2 = area_m2()
    valid = DateTimeRangeField(_("in force"))
    source = models.CharField(_("source"), max_length=80)

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region boundary")
        verbose_name_plural = _("region boundaries")
        indexes: ClassVar = [models.Index(fields=["region"], condition=Q(valid__upper_inf=True), name="region_now")]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(geom__isvalid=True), name="region_boundary_is_valid"),
            ExclusionConstraint(
                name="one_region_boundary_at_a_time",
                expressions=[("region", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} {self.valid}"
