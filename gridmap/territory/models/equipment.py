"""What stands on the ground: cameras, street lamps and facilities."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.territory.columns import mercator
from gridmap.territory.models.sourced import Sourced
from gridmap.territory.querysets import GroundQuerySet


class Camera(Sourced):
    """摄像机: where it stands and what it can see, by day and by night."""

    class Status(models.TextChoices):
        WORKING = "working", _("working")
        BROKEN = "broken", _("broken")
        UNKNOWN = "unknown", _("unknown")

    name = models.CharField(_("name"), max_length=120, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    bearing_deg = models.FloatField(_("bearing (° from north)"), null=True, blank=True)
    angle_deg = models.FloatField(_("horizontal angle (°)"), null=True, blank=True)
    range_m = models.FloatField(_("range (m)"), null=True, blank=True)
    height_m = models.FloatField(_("height (m)"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.UNKNOWN)
    sees_at_night = models.BooleanField(_("sees at night"), null=True, blank=True)
    geom = models.PointField(_("position"), srid=4326)
    geom_3857 = mercator()

    objects = GroundQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("camera")
        verbose_name_plural = _("cameras")
        constraints: ClassVar = [
            *Sourced.Meta.constraints,
            models.CheckConstraint(
                condition=Q(bearing_deg__isnull=True) | Q(bearing_deg__gte=0, bearing_deg__lt=360),
                name="camera_bearing_is_a_direction",
            ),
            models.CheckConstraint(
                condition=Q(angle_deg__isnull=True) | Q(angle_deg__gt=0, angle_deg__lte=360),
                name="camera_angle_is_an_angle",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.place or self.source_ref


class StreetLamp(Sourced):
    """路灯: a camera sees nothing at night where the lamps are off."""

    lit = models.BooleanField(_("lit at night"), null=True, blank=True)
    geom = models.PointField(_("position"), srid=4326)
    geom_3857 = mercator()

    objects = GroundQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("street lamp")
        verbose_name_plural = _("street lamps")

    def __str__(self) -> str:
        return self.source_ref


class Facility(Sourced):
    """设施: where people go for help, care, learning and shopping."""

    class Kind(models.TextChoices):
        HEALTH_STATION = "health_station", _("health station")
        HOSPITAL = "hospital", _("hospital")
        ELDERCARE = "eldercare", _("eldercare")
        COMMITTEE = "committee", _("community committee")
        POLICE = "police", _("police")
        SCHOOL = "school", _("school")
        KINDERGARTEN = "kindergarten", _("kindergarten")
        MARKET = "market", _("market")
        PHARMACY = "pharmacy", _("pharmacy")
        PARK = "park", _("park")
        OTHER = "other", _("other")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.OTHER)
    name = models.CharField(_("name"), max_length=120)
    address = models.CharField(_("address"), max_length=200, blank=True)
    geom = models.PointField(_("position"), srid=4326)
    geom_3857 = mercator()

    objects = GroundQuerySet.as_manager()

    class Meta(Sourced.Meta):
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")

    def __str__(self) -> str:
        return self.name
