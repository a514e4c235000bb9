"""Finding regions, grids, compounds, buildings and facilities by name, code, address or building number."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.db.models import PointField
from django.db.models import Case, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Length

from gridmap.territory.models import Building, Camera, Compound, Facility, Grid, GridEdition, Region, RegionEdition
from gridmap.territory.querysets import Viewer

MOST_ROWS = 20
LONGEST_QUERY = 100
MOST_WORDS = 6


class PointOn(Func):
    """A point on the shape."""

    function = "ST_PointOnSurface"
    output_field = PointField(srid=4326)


@dataclass(frozen=True)
class Found:
    """One answer: the better, the lower its rank (0 exact, 1 begins with it, 2 holds it)."""

    rank: int
    type: str
    id: str
    title: str
    subtitle: str
    lon: float | None
    lat: float | None

    def as_json(self) -> dict[str, Any]:
        """The row as the API gives it."""
        row = dict(vars(self))
        del row["rank"]
        return row


def fold(text: str) -> str:
    """As people mean it: full-width digits and letters become plain ones, blanks single, control characters go."""
    plain = unicodedata.normalize("NFKC", text)
    printable = "".join(" " if one.isspace() else one for one in plain if one.isspace() or one.isprintable())
    return " ".join(printable.split())[:LONGEST_QUERY]


def search(text: str, user: Viewer) -> list[Found]:
    """At most MOST_ROWS things that the viewer may see and whose words hold every word of `text`, best first."""
    words = fold(text).split()[:MOST_WORDS]
    if not words:
        return []
    found = [row for noun in NOUNS for row in noun(words, user)]
    order = {"region": 0, "grid": 1, "compound": 2, "building": 3, "facility": 4, "camera": 5}
    found.sort(key=lambda row: (row.rank, order[row.type], len(row.title), row.title, row.id))
    return found[:MOST_ROWS]


def _matching(
    rows: "QuerySet[Any]", words: Sequence[str], own: Sequence[str], around: Sequence[str] = ()
) -> "QuerySet[Any]":
    """Rows whose `own` columns hold the words; of several words some may stand in `around` (the names of its place)."""
    fields = [*own, *around] if len(words) > 1 else own
    for word in words:
        rows = rows.filter(_any(fields, "icontains", word))
    whole = " ".join(words)
    rank = Case(
        When(_any(own, "iexact", whole), then=Value(0)),
        When(_any(own, "istartswith", whole), then=Value(1)),
        When(_any(own, "istartswith", words[-1]), then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    ranked: QuerySet[Any] = rows.annotate(rank=rank).order_by("rank", Length(own[0]), "pk")
    return ranked[:MOST_ROWS]


def _any(fields: Sequence[str], lookup: str, word: str) -> Q:
    condition = Q()
    for name in fields:
        condition |= Q(**{f"{name}__{lookup}": word})
    return condition


def _regions(words: Sequence[str], user: Viewer) -> Iterator[Found]:
    shape = RegionEdition.objects.in_force().filter(region=OuterRef("pk")).annotate(on=PointOn(F("geom")))
    rows = Region.objects.visible_to(user).annotate(on=Subquery(shape.values("on")[:1]))
    by_name = _matching(rows, words, ["name"], ["parent__name"])
    by_code = rows.filter(code__startswith=words[0]).order_by("code")[:MOST_ROWS] if _is_code(words) else []
    for region in {row.pk: row for row in [*by_code, *by_name]}.values():
        rank = 0 if region.code == words[0] else getattr(region, "rank", 1)
        yield Found(rank, "region", region.code, region.name, region.code, *_lon_lat(region.on))


def _grids(words: Sequence[str], user: Viewer) -> Iterator[Found]:
    shape = GridEdition.objects.in_force().filter(grid=OuterRef("pk")).annotate(on=PointOn(F("geom")))
    rows = Grid.objects.visible_to(user).in_force().select_related("community")
    rows = rows.annotate(on=Subquery(shape.values("on")[:1]))
    by_name = _matching(rows.exclude(name=""), words, ["name"], ["community__name"])
    coded: list[Grid] = []
    if _is_code(words):
        by_number = Q(code__endswith=words[0]) if len(words[0]) == 3 else Q()
        coded = list(rows.filter(Q(code__startswith=words[0]) | by_number).order_by("code")[:MOST_ROWS])
    elif words[-1].isdecimal() and len(words[-1]) == 3:
        placed = _any(["community__name"], "icontains", " ".join(words[:-1]))
        coded = list(rows.filter(placed, code__endswith=words[-1]).order_by("code")[:MOST_ROWS])
    for grid in {row.pk: row for row in [*coded, *by_name]}.values():
        rank = 0 if grid.code == words[0] else getattr(grid, "rank", 1)
        yield Found(rank, "grid", grid.code, str(grid), str(grid.community), *_lon_lat(grid.on))


def _compounds(words: Sequence[str], user: Viewer) -> Iterator[Found]:
    rows = Compound.objects.visible_to(user).active().select_related("community").annotate(on=PointOn(F("geom")))
    for row in _matching(rows, words, ["name"], ["community__name"]):
        yield Found(row.rank, "compound", str(row.pk), row.name, str(row.community or ""), *_lon_lat(row.on))


def _buildings(words: Sequence[str], user: Viewer) -> Iterator[Found]:
    rows = Building.objects.visible_to(user).active().select_related("compound", "community").defer("geom", "geom_3857")
    for row in _matching(rows, words, ["number", "name", "address"], ["compound__name", "community__name"]):
        where = row.address or str(row.compound or row.community or "")
        yield Found(row.rank, "building", str(row.pk), str(row), where, *_lon_lat(row.point))


def _facilities(words: Sequence[str], user: Viewer) -> Iterator[Found]:
    for row in _matching(Facility.objects.visible_to(user).active(), words, ["name", "address"]):
        subtitle = row.address or row.get_kind_display()
        yield Found(row.rank, "facility", str(row.pk), row.name, subtitle, *_lon_lat(row.geom))


def _cameras(words: Sequence[str], user: Viewer) -> Iterator[Found]:
    for row in _matching(Camera.objects.visible_to(user).active(), words, ["name", "place"]):
        yield Found(row.rank, "camera", str(row.pk), str(row), row.place, *_lon_lat(row.geom))


NOUNS = (_regions, _grids, _compounds, _buildings, _facilities, _cameras)


def _is_code(words: Sequence[str]) -> bool:
    return len(words) == 1 and words[0].isascii() and words[0].isdigit()


def _lon_lat(point: Any) -> tuple[float | None, float | None]:
    return (round(point.x, 7), round(point.y, 7)) if point else (None, None)
