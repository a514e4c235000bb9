"""Questions about the ground, answered by the database."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Point
from django.db import models
from django.db.models import Q, Sum

from gridmap.accounts.models import User
from gridmap.accounts.permissions import area_prefix, areas_of, codes_in, lineage_in
from gridmap.accounts.roles import Verb

if TYPE_CHECKING:
    from gridmap.territory.models import Building, Compound, Grid, GridEdition, Region

Viewer = User | AnonymousUser
Row = TypeVar("Row", bound=models.Model)


def in_force_at(moment: datetime | None) -> Q:
    """Editions in force at `moment`; now (the open end) where it is None."""
    return Q(valid__upper_inf=True) if moment is None else Q(valid__contains=moment)


class RegionQuerySet(models.QuerySet["Region"]):
    """Regions by level and viewer."""

    def visible_to(self, user: Viewer) -> Self:
        """Regions inside the person's areas, and those above, so that a page can say where it is."""
        return self.filter(lineage_in(areas_of(user, Verb.VIEW)))

    def under(self, code: str) -> Self:
        """The region with `code` (12 digits) and all below it."""
        return self.filter(code__startswith=area_prefix(code))

    def communities(self) -> Self:
        """Regions of the fifth level."""
        return self.filter(level=5)

    def with_boundary(self) -> Self:
        """Regions that have a boundary in force."""
        return self.filter(editions__valid__upper_inf=True)


class EditionQuerySet(models.QuerySet[Row]):
    """Dated boundaries of regions."""

    def in_force(self, moment: datetime | None = None) -> Self:
        """Boundaries in force at `moment` (now by default)."""
        return self.filter(in_force_at(moment))

    def at(self, point: Point) -> Self:
        """Boundaries that hold the point, edges included."""
        return self.filter(geom__covers=point)

    def visible_to(self, user: Viewer) -> Self:
        """Boundaries of regions the person may see."""
        return self.filter(lineage_in(areas_of(user, Verb.VIEW), "region__code"))


class GridQuerySet(models.QuerySet["Grid"]):
    """Grids by viewer and period."""

    def visible_to(self, user: Viewer) -> Self:
        """Grids inside the person's areas."""
        return self.filter(codes_in(areas_of(user, Verb.VIEW), "code"))

    def in_force(self, moment: datetime | None = None) -> Self:
        """Grids that have a boundary in force at `moment`."""
        held = Q(editions__valid__upper_inf=True) if moment is None else Q(editions__valid__contains=moment)
        return self.filter(held)


class GridEditionQuerySet(models.QuerySet["GridEdition"]):
    """Dated boundaries of grids."""

    def in_force(self, moment: datetime | None = None) -> Self:
        """Boundaries in force at `moment` (now by default)."""
        return self.filter(in_force_at(moment))

    def at(self, point: Point) -> Self:
        """The grid that holds the point; on a shared border the lower code comes first, so the answer is one."""
        return self.filter(geom__covers=point).order_by("grid__code")

    def visible_to(self, user: Viewer) -> Self:
        """Boundaries of grids the person may see."""
        return self.filter(codes_in(areas_of(user, Verb.VIEW), "grid__code"))

    def of_community(self, code: str) -> Self:
        """Boundaries of the grids of one community."""
        return self.filter(grid__community__code=code)


class CompoundQuerySet(models.QuerySet["Compound"]):
    """Compounds by viewer."""

    def visible_to(self, user: Viewer) -> Self:
        """Compounds inside the person's areas; one without a community is seen by who sees everything."""
        return self.filter(place_in(areas_of(user, Verb.VIEW)))

    def active(self) -> Self:
        """Compounds that their source still names."""
        return self.filter(active=True)


class BuildingQuerySet(models.QuerySet["Building"]):
    """Buildings by viewer and place, and their totals."""

    def visible_to(self, user: Viewer) -> Self:
        """Buildings of the person's areas: by community for wider areas, by grid for a grid's own staff."""
        return self.filter(place_in(areas_of(user, Verb.VIEW), grids=True))

    def active(self) -> Self:
        """Buildings that their source still names."""
        return self.filter(active=True)

    def totals(self) -> dict[str, Any]:
        """Sums of the three counts kept apart (and of elders), and the number of buildings."""
        return self.aggregate(
            households=Sum("households", default=0),
            dwellings=Sum("dwellings", default=0),
            residents=Sum("residents", default=0),
            elders=Sum("elders", default=0),
            buildings=models.Count("pk"),
        )


class GroundQuerySet(models.QuerySet[Row]):
    """The ground and what stands on it: a map for everyone who is signed in."""

    def visible_to(self, user: Viewer) -> Self:
        """Everything, for whoever holds any post at all."""
        return self if areas_of(user, Verb.VIEW) else self.none()

    def active(self) -> Self:
        """What the source still names."""
        return self.filter(active=True)

    def barriers(self) -> Self:
        """What grids should not cross."""
        return self.filter(active=True, weight__gt=0)


def place_in(areas: list[str], *, grids: bool = False) -> Q:
    """Condition on `community` (and on `grid` for areas of 15 digits); an empty area takes in what has no community."""
    condition = Q(pk__in=[])
    for area in areas:
        if not area:
            condition |= Q(pk__isnull=False)
        elif len(area) == 15:
            condition |= Q(grid__code=area) if grids else Q(community__code=area[:12])
        else:
            condition |= Q(community__code__startswith=area)
    return condition
