"""Finding regions, grids and compounds by name, code, and the last three digits of a grid."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery

from gridmap.finding.services import EXACT, PREFIX
from gridmap.finding.understanding import Meaning
from gridmap.territory.columns import PointOnSurface
from gridmap.territory.models import Compound, Grid, GridEdition, Region, RegionEdition
from layers.sought.found import MOST_OF_A_KIND, Found, Question, Rows, best_first, lon_lat


def find_regions(question: Question, meaning: Meaning) -> Iterator[Found]:
    """Regions by the beginning of their code, or by name; of several names the others may be those above."""
    shape = RegionEdition.objects.in_force().filter(region=OuterRef("pk")).annotate(on=PointOnSurface(F("geom")))
    rows = Region.objects.visible_to(question.user).select_related("parent")
    rows = rows.annotate(on=Subquery(shape.values("on")[:1]))
    code = question.asked.code
    if code and len(code) <= 12:
        for region in question.once("regions", lambda: rows.filter(code__startswith=code).order_by("code")[:8]):
            yield _region(EXACT if region.code == code else PREFIX, region)
    if meaning.has_figures or not meaning.names:
        return
    *around, name = meaning.names
    for one in around:
        rows = rows.filter(parent__name__in=question.called(one, meaning).texts())
    words = question.called(name, meaning)
    for region in rows.filter(name__in=words.texts()).order_by("level", "code")[:MOST_OF_A_KIND]:
        yield _region(words.ranks[region.name], region)


def find_grids(question: Question, meaning: Meaning) -> Iterator[Found]:
    """Grids by the beginning or the last three digits of their code, by name, and by 社区 003."""
    rows = _grids(question)
    code = question.asked.code
    if code:
        ending = Q(code__endswith=code) if len(code) == 3 else Q()
        coded = rows.filter(Q(code__startswith=code[:15]) | ending)
        for grid in question.once("grids", lambda: _by_distance(question, coded)):
            yield _grid(EXACT if grid.code == code else PREFIX, grid)
    elif meaning.tail:
        for name in meaning.names:
            rows = rows.filter(community__name__in=question.called(name, meaning).texts())
        for grid in _by_distance(question, rows.filter(code__endswith=meaning.tail)):
            yield _grid(question.called(meaning.names[-1], meaning).ranks[grid.community.name], grid)
    elif meaning.names and not meaning.has_figures:
        *around, name = meaning.names
        for one in around:
            rows = rows.filter(community__name__in=question.called(one, meaning).texts())
        words = question.called(name, meaning)
        for grid in _by_distance(question, rows.filter(name__in=words.texts())):
            yield _grid(words.ranks[grid.name], grid)


def find_compounds(question: Question, meaning: Meaning) -> Iterator[Found]:
    """Compounds by name; of several names the others may be their community's."""
    if meaning.has_figures or not meaning.names:
        return
    rows = Compound.objects.visible_to(question.user).active().select_related("community")
    *around, name = meaning.names
    for one in around:
        rows = rows.filter(community__name__in=question.called(one, meaning).texts())
    rows = rows.annotate(on=PointOnSurface(F("geom"))).defer("geom", "geom_3857")
    for row in best_first(question, rows, ("name",), question.called(name, meaning)):
        where, away_m = str(row.community or ""), row.away_m or 0.0
        bears = frozenset((row.name, row.community.name if row.community else ""))
        yield Found(row.rank, "compound", str(row.pk), row.name, where, *lon_lat(row.on), away_m, bears)


def _grids(question: Question) -> Rows:
    return Grid.objects.visible_to(question.user).in_force().select_related("community")


def _by_distance(question: Question, rows: Rows) -> Iterator[Any]:
    """Up to twenty of them with a point `on` each and how far `away_m` it is, nearest first."""
    shape = GridEdition.objects.in_force().filter(grid=OuterRef("pk")).annotate(on=PointOnSurface(F("geom")))
    codes = list(rows.order_by("code").values_list("pk", flat=True)[:200])
    grids = Grid.objects.filter(pk__in=codes).select_related("community").annotate(on=Subquery(shape.values("on")[:1]))
    found: list[Any] = list(grids)
    yield from sorted(found, key=lambda grid: (question.distance_m(grid.on), grid.code))[:MOST_OF_A_KIND]


def _region(rank: int, region: Region) -> Found:
    on = region.on  # type: ignore[attr-defined]
    bears = frozenset((region.name, region.parent.name if region.parent else ""))
    return Found(rank, "region", region.code, region.name, region.code, *lon_lat(on), bears=bears)


def _grid(rank: int, grid: Grid) -> Found:
    on = grid.on  # type: ignore[attr-defined]
    bears = frozenset((grid.name, grid.community.name))
    return Found(rank, "grid", grid.code, str(grid), str(grid.community), *lon_lat(on), bears=bears)
