"""The ground: roads, water, rail, walls, green and built-up blocks; some of it keeps grids apart."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.territory.columns import mercator
from gridmap.territory.models.sourced import Sourced
from gridmap.territory.querysets import GroundQuerySet


class GroundFeature(Sourced):
    """A line or an area of the ground. A weight above 0 makes it a barrier that grids should not cross."""

    class Kind(models.TextChoices):
        ROAD_ARTERIAL = "road_arterial", _("arterial road")
        ROAD_LOCAL = "road_local", _("local road")
        ROAD_LANE = "road_lane", _("lane")
        RIVER = "river", _("river")
        WATER = "water", _("water")
        RAIL = "rail", _("railway")
        WALL = "wall", _("wall")
        GREEN = "green", _("green")
        SQUARE = "square", _("square")
        BLOCK = "block", _("built-up block")

    #: What a kind weighs as a barrier where the source says nothing; 0 is no barrier.
    WEIGHTS: ClassVar[dict[str, float]] = {
        Kind.RIVER: 1.0,
        Kind.RAIL: 1.0,
        Kind.ROAD_ARTERIAL: 0.8,
        Kind.WATER: 0.6,
        Kind.WALL: 0.4,
    }

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=120, blank=True)
    weight = models.FloatField(_("barrier weight (0–1)"), default=0)
    geom = models.GeometryField(_("shape"), srid=4326)
    geom_3857 = mercator()

    objects = GroundQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("ground feature")
        verbose_name_plural = _("ground features")
        indexes: ClassVar = [models.Index(fields=["kind"], name="ground_by_kind")]
        constraints: ClassVar = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(condition=Q(geom__isvalid=True), name="ground_shape_is_valid"),
            models.CheckConstraint(condition=Q(weight__gte=0, weight__lte=1), name="barrier_weight_is_a_share"),
        ]

    def __str__(self) -> str:
        return self.name or self.get_kind_display()
