"""What stands on poles: cameras and street lamps."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.territory.columns import mercator
from gridmap.territory.models.tended import Standing
from gridmap.territory.querysets import GroundQuerySet


def _between(column: str, low: float, high: float) -> Q:
    return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__gte": low, f"{column}__lte": high})


class Camera(Standing):
    """摄像机: where it stands and what it can see, by day and by night. Several on one pole each look their own way."""

    class Coverage(models.TextChoices):
        FIRST = "1", _("first-class point")
        SECOND = "2", _("second-class point")
        THIRD = "3", _("third-class point")

    #: Metres and degrees that a camera can have.
    FARTHEST_M: ClassVar[float] = 10_000
    HIGHEST_M: ClassVar[float] = 500

    name = models.CharField(_("name"), max_length=120, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    code = models.CharField(_("device code (GB/T 28181)"), max_length=20, default="", db_default="", blank=True)
    bearing_deg = models.FloatField(_("bearing (° from north)"), null=True, blank=True)
    angle_deg = models.FloatField(_("horizontal angle (°)"), null=True, blank=True)
    range_m = models.FloatField(_("range (m)"), null=True, blank=True)
    height_m = models.FloatField(_("height (m)"), null=True, blank=True)
    tilt_deg = models.FloatField(_("tilt below the horizon (°)"), null=True, blank=True)
    sees_at_night = models.BooleanField(_("sees at night"), null=True, blank=True)
    coverage = models.CharField(
        _("coverage class"), max_length=1, choices=Coverage, default="", db_default="", blank=True
    )
    owner = models.CharField(_("owner"), max_length=120, default="", db_default="", blank=True)
    geom = models.PointField(_("position"), srid=4326)
    geom_3857 = mercator()

    objects = GroundQuerySet.as_manager()

    class Meta(Standing.Meta):
        verbose_name = _("camera")
        verbose_name_plural = _("cameras")
        indexes: ClassVar = [models.Index(fields=["pole"], name="camera_by_pole", condition=~Q(pole=""))]
        constraints: ClassVar = [
            *Standing.Meta.constraints,
            models.CheckConstraint(
                condition=Q(bearing_deg__isnull=True) | Q(bearing_deg__gte=0, bearing_deg__lt=360),
                name="camera_bearing_is_a_direction",
            ),
            models.CheckConstraint(
                condition=Q(angle_deg__isnull=True) | Q(angle_deg__gt=0, angle_deg__lte=360),
                name="camera_angle_is_an_angle",
            ),
            models.CheckConstraint(condition=_between("range_m", 0, 10_000), name="camera_range_is_a_distance"),
            models.CheckConstraint(condition=_between("height_m", 0, 500), name="camera_height_is_a_height"),
            models.CheckConstraint(condition=_between("tilt_deg", -90, 90), name="camera_tilt_is_a_tilt"),
            models.CheckConstraint(condition=Q(coverage__in=["", "1", "2", "3"]), name="camera_coverage_is_a_class"),
            models.CheckConstraint(
                condition=Q(code="") | Q(code__regex="^[0-9]{20}$"), name="camera_code_has_twenty_digits"
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="camera_code_is_its_own"),
        ]

    def __str__(self) -> str:
        return self.name or self.place or self.source_ref


class StreetLamp(Standing):
    """路灯: a camera sees nothing at night where the lamps are off."""

    lit = models.BooleanField(_("lit at night"), null=True, blank=True)
    geom = models.PointField(_("position"), srid=4326)
    geom_3857 = mercator()

    objects = GroundQuerySet.as_manager()

    class Meta(Standing.Meta):
        verbose_name = _("street lamp")
        verbose_name_plural = _("street lamps")
        indexes: ClassVar = [models.Index(fields=["pole"], name="lamp_by_pole", condition=~Q(pole=""))]

    def __str__(self) -> str:
        return self.source_ref
