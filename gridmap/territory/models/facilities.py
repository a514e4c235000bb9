"""Where people go for help, care, learning and shopping, and when it is open."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.territory.columns import mercator
from gridmap.territory.models.tended import Tended
from gridmap.territory.querysets import GroundQuerySet


class Facility(Tended):
    """设施. `hours` is a week table (`gridmap.territory.hours`); `hours_text` is what the source wrote."""

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
    phone = models.CharField(_("phone"), max_length=60, default="", db_default="", blank=True)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    area_m2 = models.FloatField(_("floor area"), null=True, blank=True)
    accessible = models.BooleanField(_("accessible without steps"), null=True, blank=True)
    hours = models.JSONField(_("opening hours"), null=True, blank=True)
    hours_text = models.CharField(
        _("opening hours as the source has them"), max_length=300, default="", db_default="", blank=True
    )
    geom = models.PointField(_("position"), srid=4326)
    geom_3857 = mercator()

    objects = GroundQuerySet.as_manager()

    class Meta(Tended.Meta):
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        constraints: ClassVar = [
            *Tended.Meta.constraints,
            models.CheckConstraint(
                condition=Q(area_m2__isnull=True) | Q(area_m2__gte=0, area_m2__lte=10_000_000),
                name="facility_area_is_an_area",
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__lte=1_000_000), name="facility_capacity_is_a_count"
            ),
        ]

    def __str__(self) -> str:
        return self.name
