"""The list of grids in force: filtered, sorted by load or code, a page at a time."""

from typing import Any

from django.db.models import Exists, F, Func, JSONField, OuterRef, Q

from gridmap.accounts.permissions import area_prefix
from gridmap.territory.models import Building, GridEdition
from gridmap.territory.querysets import Viewer
from layers.loads import Band

PAGE_SIZE = 100
SORTS = {
    "load": ("households", "grid__code"),
    "-load": ("-households", "grid__code"),
    "code": ("grid__code",),
}


class Box(Func):
    """[west, south, east, north] of a shape as a JSON list, degrees with seven decimals."""

    template = (
        "jsonb_build_array(round(ST_XMin(%(expressions)s)::numeric, 7), round(ST_YMin(%(expressions)s)::numeric, 7),"
        " round(ST_XMax(%(expressions)s)::numeric, 7), round(ST_YMax(%(expressions)s)::numeric, 7))"
    )
    output_field = JSONField()

    def as_sql(self, *args: Any, **kwargs: Any) -> tuple[str, Any]:
        """The shape stands four times in the statement, and so do its parameters."""
        sql, parameters = super().as_sql(*args, **kwargs)
        return sql, [*parameters] * 4


def list_grids(
    user: Viewer, *, area: str = "", q: str = "", sort: str = "-load", page: int = 1, kind: str = ""
) -> tuple[int, list[dict[str, Any]]]:
    """How many grids match, and the rows of one page (from 1). `area` is a region code or a prefix of one."""
    editions = GridEdition.objects.in_force().visible_to(user)
    if area:
        editions = editions.filter(grid__code__startswith=area_prefix(area))
    if kind:
        editions = editions.filter(grid__kind=kind)
    if q:
        named = Q(grid__name__icontains=q) | Q(grid__community__name__icontains=q)
        editions = editions.filter(named | Q(grid__code__startswith=q) | Q(grid__code__endswith=q))
    start = (page - 1) * PAGE_SIZE
    rows = editions.order_by(*SORTS[sort]).values(
        "households",
        "residents",
        "elders",
        knows_residents=_known("residents"),
        knows_elders=_known("elders"),
        standIns=F("stand_ins"),
        code=F("grid__code"),
        name=F("grid__name"),
        kind=F("grid__kind"),
        buildings=F("building_count"),
        community=F("grid__community__name"),
        bbox=Box("geom"),
    )[start : start + PAGE_SIZE]
    band = Band.in_force()
    return editions.count(), [_as_row(dict(row), band) for row in rows]


def _known(figure: str) -> Exists:
    """Whether any building of the grid has the figure; an edition holds 0 where none has."""
    return Exists(Building.objects.active().filter(**{"grid": OuterRef("grid"), f"{figure}__isnull": False}))


def _as_row(row: dict[str, Any], band: Band) -> dict[str, Any]:
    for figure in ("residents", "elders"):
        known = row.pop(f"knows_{figure}")
        if not row[figure] and not known and row["buildings"]:
            row[figure] = None
    return row | {"no": row["code"][-3:], "load": band.load_of(row["households"], row["kind"])}
