"""Questions about cases and their classes."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.gis.geos import Point
from django.contrib.gis.measure import D
from django.db import models
from django.db.models import CharField, Q
from django.db.models.functions import Coalesce

from gridmap.accounts.permissions import area_prefix, areas_of, codes_in
from gridmap.accounts.roles import Verb
from gridmap.territory.querysets import Viewer

if TYPE_CHECKING:
    from gridmap.casework.models import Case, Category

#: Degrees that are surely more than a metre in either direction, up to 66° of latitude.
DEGREES_PER_M = 1 / 111_000 / 0.4


class CategoryQuerySet(models.QuerySet["Category"]):
    """Classes of cases by level."""

    def tops(self) -> Self:
        """The classes that others belong to."""
        return self.filter(parent__isnull=True)


class CaseQuerySet(models.QuerySet["Case"]):
    """Cases by viewer, place and time."""

    def visible_to(self, user: Viewer) -> Self:
        """Cases of the person's areas: a wider area sees all in it, a grid's own staff those of their grid.

        Private ones where the person may see people's data.
        """
        open_to_all = codes_in(areas_of(user, Verb.VIEW), "area") & Q(private=False)
        return self.filter(open_to_all | codes_in(areas_of(user, Verb.VIEW_PEOPLE), "area"))

    def open(self) -> Self:
        """Cases with something left to do."""
        return self.filter(is_open=True)

    def in_area(self, code: str) -> Self:
        """Cases of the region or grid with this code, as it was on their day."""
        return self.filter(area__startswith=area_prefix(code))

    def overdue_at(self, moment: datetime) -> Self:
        """Open cases that were due by then."""
        return self.open().filter(due_at__lte=moment)

    def within(self, point: Point, radius_m: float) -> Self:
        """Cases not further from the point than that, metres on the ellipsoid."""
        box = point.buffer(radius_m * DEGREES_PER_M)
        return self.filter(geom__bboverlaps=box, geom__distance_lte=(point, D(m=radius_m)))

    def classed(self) -> Self:
        """With `klass`, the code of the class that the case's category belongs to (or is)."""
        top = Coalesce("category__parent__code", "category__code", output_field=CharField())
        return self.annotate(klass=top)
