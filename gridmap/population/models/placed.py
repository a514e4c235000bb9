"""What every record about people has: where it belongs, and where it comes from."""

import uuid
from typing import ClassVar

from django.contrib.gis.db import models
from django.utils.translation import gettext_lazy as _

#: Digits of a grid code, the longest area there is.
AREA_DIGITS = 15


class Placed(models.Model):
    """A personal record. Its area is the code of its building's grid, else of the community, else empty: the database
    fills it in from the building, and only who holds a post over it sees the row at all."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    area = models.CharField(_("area"), max_length=AREA_DIGITS, db_collation="C", blank=True, default="", editable=False)

    class Meta:
        abstract = True


class Located(Placed):
    """A personal record that stands on the map and in the order of doors: compound, building, unit, room."""

    location = models.PointField(_("location"), srid=4326, editable=False, null=True, spatial_index=False)
    door_order = models.CharField(max_length=100, db_collation="C", blank=True, default="", editable=False)
    source = models.CharField(_("source"), max_length=80)
    field_sources = models.JSONField(_("source of each field"), default=dict, blank=True, editable=False)
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(location__isnull=False), name="%(class)s_stands_somewhere"),
        ]
