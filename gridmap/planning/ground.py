"""What a drawing stands on: one community's boundary, buildings, streets and barriers, read from the database."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import shapely
from django.db import connection
from django.utils.translation import gettext as _
from shapely.geometry import MultiPolygon

from gridmap.accounts.permissions import area_prefix, codes_in
from gridmap.partition import Barrier, FixedGrid, SizeRule, Unit
from gridmap.planning.refusals import PlanRefusedError
from gridmap.planning.terms import Terms
from gridmap.territory.models import Building, Grid, GridEdition, GroundFeature, Region, RegionEdition, Rule

FINGERPRINT = """
SELECT md5(
    coalesce((SELECT string_agg(e.id::text, ',') FROM territory_regionedition e
              WHERE e.region_id = %(region)s AND upper_inf(e.valid)), '')
    || '/' ||
    coalesce((SELECT string_agg(concat_ws(':', b.id, coalesce(b.households, b.dwellings, 0), b.compound_id,
                                          md5(ST_AsBinary(b.geom))), ',' ORDER BY b.id)
              FROM territory_building b WHERE b.community_id = %(region)s AND b.active), '')
    || '/' ||
    coalesce((SELECT string_agg(concat_ws(':', f.id, f.kind, f.weight, md5(ST_AsBinary(f.geom))), ',' ORDER BY f.id)
              FROM territory_groundfeature f JOIN territory_regionedition e ON f.geom && e.geom
              WHERE e.region_id = %(region)s AND upper_inf(e.valid) AND f.active
                AND (f.weight > 0 OR f.kind IN ('road_local', 'road_lane'))), '')
    || '/' ||
    coalesce((SELECT string_agg(e.id::text, ',' ORDER BY e.id) FROM territory_gridedition e
              JOIN territory_grid g ON g.id = e.grid_id
              WHERE g.community_id = %(region)s AND upper_inf(e.valid)), '')
)
"""


@dataclass(frozen=True)
class CommunityGround:
    """Everything `draw_community` needs, in lon/lat, and the fingerprint of what it was read from.

    `before` gives the code of the grid in force of each building (by key), `fixed` are the grids that stay.
    """

    code: str
    boundary: MultiPolygon
    units: tuple[Unit, ...]
    streets: tuple[shapely.Geometry, ...]
    barriers: tuple[Barrier, ...]
    fingerprint: str
    before: dict[str, str] = field(default_factory=dict)
    fixed: tuple[FixedGrid, ...] = ()

    def arguments(self, terms: Terms, *, curve: bool = False) -> dict[str, Any]:
        """What `gridmap.partition.draw_community` is called with: plain data, so that another process can do it."""
        return {
            "community": self.boundary,
            "units": self.units,
            "streets": self.streets,
            "barriers": self.barriers,
            "rule": terms.rule,
            "weights": terms.weights,
            "effort": terms.tries,
            "seed": terms.seed,
            "before": self.before,
            "fixed": self.fixed,
            "curve": curve,
        }


def size_rule() -> SizeRule:
    """Households per grid, from the rules that the district has written down."""
    found = dict(Rule.objects.filter(key__startswith="grid_households_").values_list("key", "value"))
    return SizeRule(
        target=int(found["grid_households_target"]),
        minimum=int(found["grid_households_min"]),
        maximum=int(found["grid_households_max"]),
    )


def fingerprint(community: Region) -> str:
    """A hash of boundary, buildings, streets, barriers and grids in force: a draft is stale when it has changed."""
    with connection.cursor() as cursor:
        cursor.execute(FINGERPRINT, {"region": community.pk})
        return str(cursor.fetchone()[0])


def read_ground(community: Region, terms: Terms) -> CommunityGround:
    """The ground of one community; refused where it has no boundary in force, a grid to be kept has none, or the terms
    name no seed.
    """
    if not terms.has_seed:
        raise PlanRefusedError(
            _("The variant must be a whole number from 0, not %(seed)s.") % {"seed": str(terms.seed)[:40]}
        )
    edition = RegionEdition.objects.in_force().filter(region=community).first()
    if edition is None:
        raise PlanRefusedError(_("%(name)s has no boundary: import one first.") % {"name": community.name})
    features = GroundFeature.objects.active().filter(geom__bboverlaps=edition.geom)
    streets = features.filter(kind__in=[GroundFeature.Kind.ROAD_LOCAL, GroundFeature.Kind.ROAD_LANE])
    barriers = features.filter(weight__gt=0).values_list("geom", "weight", "kind").order_by("pk")
    units, before = _units(community)
    return CommunityGround(
        code=community.code,
        boundary=shapely.from_wkb(bytes(edition.geom.wkb)),
        units=units,
        streets=tuple(
            shapely.from_wkb(bytes(geom.wkb)) for geom in streets.order_by("pk").values_list("geom", flat=True)
        ),
        barriers=tuple(Barrier(shapely.from_wkb(bytes(geom.wkb)), weight, kind) for geom, weight, kind in barriers),
        fingerprint=fingerprint(community),
        before=before,
        fixed=_fixed(community, terms),
    )


def grids_in_force(community: Region) -> list[GridEdition]:
    """The grids of a community that are in force, in order of code; micro-grids are parts of them."""
    now = GridEdition.objects.in_force().of_community(community.code).exclude(grid__kind=Grid.Kind.MICRO)
    return list(now.select_related("grid").order_by("grid__code"))


def are_in_force(codes: Sequence[str], communities: Sequence[Region]) -> bool:
    """Whether every code is that of a grid in force in one of the communities."""
    now = GridEdition.objects.in_force().filter(grid__code__in=codes, grid__community__in=communities)
    return now.exclude(grid__kind=Grid.Kind.MICRO).count() == len(set(codes))


def _units(community: Region) -> tuple[tuple[Unit, ...], dict[str, str]]:
    """Buildings in the order of their keys, and the grid in force of each that has one.

    Dwellings stand in where nobody counted households.
    """
    codes = {edition.grid_id: edition.grid.code for edition in grids_in_force(community)}
    rows = (
        Building.objects.active()
        .filter(community=community)
        .order_by("pk")
        .values_list("pk", "geom", "households", "dwellings", "compound_id", "grid_id")
    )
    units: list[Unit] = []
    before: dict[str, str] = {}
    for pk, geom, households, dwellings, compound, grid in rows:
        load = (dwellings or 0) if households is None else households
        shape = shapely.from_wkb(bytes(geom.wkb))
        units.append(Unit(str(pk), shape, load, None if compound is None else str(compound)))
        if grid in codes:
            before[str(pk)] = codes[grid]
    return tuple(units), before


def _fixed(community: Region, terms: Terms) -> tuple[FixedGrid, ...]:
    """Grids that somebody locked, and dedicated ones that nobody has moved into."""
    keep = {code for code in terms.keep if code.startswith(community.code)}
    fixed: list[FixedGrid] = []
    for edition in grids_in_force(community):
        dedicated = edition.grid.kind == Grid.Kind.DEDICATED
        left_alone = dedicated and not edition.households and not terms.redraw_dedicated
        if edition.grid.code in keep or left_alone:
            fixed.append(FixedGrid(edition.grid.code, shapely.from_wkb(bytes(edition.geom.wkb)), dedicated))
    if gone := keep - {one.ref for one in fixed}:
        raise PlanRefusedError(_("Grid %(code)s is not in force any more.") % {"code": min(gone)})
    return tuple(fixed)


def communities_under(codes: Sequence[str]) -> list[Region]:
    """The communities named by region codes of any level, in order of code; an unknown code is refused."""
    areas = {code: area_prefix(code) for code in codes}
    found = sorted(
        Region.objects.communities().filter(codes_in(areas.values(), "code")), key=lambda community: community.code
    )
    for code, area in areas.items():
        first = bisect_left(found, area, key=lambda community: community.code)
        if not found[first:] or not found[first].code.startswith(area):
            raise PlanRefusedError(_("There is no community under the code %(code)s.") % {"code": code})
    return found
