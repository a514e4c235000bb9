"""Compounds and buildings, with households, dwellings and residents kept apart."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.territory.columns import PointOnSurface, mercator
from gridmap.territory.models.grids import Grid
from gridmap.territory.models.regions import Region
from gridmap.territory.models.sourced import Sourced
from gridmap.territory.querysets import BuildingQuerySet, CompoundQuerySet


class Compound(Sourced):
    """小区: buildings behind one gate, which a grid should hold whole."""

    class Kind(models.TextChoices):
        COMMERCIAL = "commercial", _("commercial housing")
        WORK_UNIT = "work_unit", _("work-unit housing")
        RESETTLEMENT = "resettlement", _("resettlement estate")
        VILLA = "villa", _("villas")
        OLD_TOWN = "old_town", _("old town")
        VILLAGE = "village", _("village")
        OTHER = "other", _("other")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    community = models.ForeignKey(
        Region, verbose_name=_("community"), null=True, blank=True, on_delete=models.PROTECT, related_name="compounds"
    )
    walled = models.BooleanField(_("walled"), default=False)
    geom = models.MultiPolygonField(_("boundary"), srid=4326, null=True, blank=True)
    geom_3857 = mercator()

    objects = CompoundQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("compound")
        verbose_name_plural = _("compounds")
        constraints: ClassVar = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=Q(geom__isnull=True) | Q(geom__isvalid=True), name="compound_boundary_is_valid"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Building(Sourced):
    """One building. Households are resident households (常住户): the figure that the 300 means."""

    class Kind(models.TextChoices):
        SLAB = "slab", _("residential slab")
        TOWER = "tower", _("residential tower")
        VILLA = "villa", _("villa")
        HOUSE = "house", _("house")
        SCHOOL = "school", _("school")
        MARKET = "market", _("market")
        OFFICE = "office", _("office")
        HOSPITAL = "hospital", _("hospital")
        FACTORY = "factory", _("factory")
        PUBLIC = "public", _("public building")
        OTHER = "other", _("other")

    number = models.CharField(_("number"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    address = models.CharField(_("address"), max_length=200, blank=True)
    community = models.ForeignKey(
        Region, verbose_name=_("community"), null=True, blank=True, on_delete=models.PROTECT, related_name="buildings"
    )
    compound = models.ForeignKey(
        Compound, verbose_name=_("compound"), null=True, blank=True, on_delete=models.SET_NULL, related_name="buildings"
    )
    grid = models.ForeignKey(
        Grid, verbose_name=_("grid"), null=True, blank=True, on_delete=models.SET_NULL, related_name="buildings"
    )
    households = models.PositiveIntegerField(_("resident households"), null=True, blank=True)
    dwellings = models.PositiveIntegerField(_("dwellings"), null=True, blank=True)
    residents = models.PositiveIntegerField(_("residents"), null=True, blank=True)
    elders = models.PositiveIntegerField(_("residents aged 60 and over"), null=True, blank=True)
    floors = models.PositiveSmallIntegerField(_("floors"), null=True, blank=True)
    entrances = models.PositiveSmallIntegerField(_("units (单元)"), null=True, blank=True)
    geom = models.GeometryField(_("shape"), srid=4326)
    geom_3857 = mercator()
    point = models.GeneratedField(
        expression=PointOnSurface("geom"), output_field=models.PointField(srid=4326), db_persist=True
    )

    objects = BuildingQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        indexes: ClassVar = [models.Index(fields=["community", "grid"], name="building_by_place")]
        constraints: ClassVar = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(condition=Q(geom__isvalid=True), name="building_shape_is_valid"),
        ]

    def __str__(self) -> str:
        return self.name or self.number or self.source_ref
