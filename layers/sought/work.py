"""Finding components by code, or by class and region; cases by number. Nothing of a person, and no address."""

from collections.abc import Iterator

from django.contrib.gis.db.models import Union
from django.db.models import F

from gridmap.casework.search import cases_numbered
from gridmap.finding.services import EXACT, PREFIX, WITHIN
from gridmap.finding.understanding import Meaning
from gridmap.territory.columns import PointOnSurface
from gridmap.territory.models import Component, ComponentClass, RegionEdition
from layers.sought.found import MOST_OF_A_KIND, Found, Question, Rows, lon_lat

#: Digits of a component's code that tell more than the county; those of a source's number for a case.
FEWEST_DIGITS, SHORTEST_NUMBER = 8, 4


def find_components(question: Question, meaning: Meaning) -> Iterator[Found]:
    """Components whose code begins with the digits; those nearest of a class (井盖), in a region where one is named."""
    rows: Rows = Component.objects.visible_to(question.user).active().select_related("category")
    rows = rows.annotate(on=PointOnSurface(F("geom"))).only("code", "name", "category__name")
    code = question.asked.code
    if len(code) >= FEWEST_DIGITS:
        for row in question.once("components", lambda: question.nearest(rows.filter(code__startswith=code))):
            yield _component(row, EXACT if row.code == code else PREFIX)
    if meaning.has_figures or meaning.letters or not meaning.names:
        return
    *around, name = meaning.names
    ranks = {one.pk: _rank(one.name, name) for one in component_classes(question) if name in one.name}
    if not ranks:
        return
    for region in around:
        rows = _inside(rows, question.called(region, meaning).texts())
    for row in question.nearby(rows.filter(category__in=ranks)):
        yield _component(row, ranks[row.category_id])


def component_classes(question: Question) -> list[ComponentClass]:
    """All classes that there are: a few dozen."""
    return question.once("classes", ComponentClass.objects.order_by("code").all)


def find_cases(question: Question, _meaning: Meaning) -> Iterator[Found]:
    """Cases by the beginning of their number, or by that of the source."""
    text = question.asked.text
    if len(text) < SHORTEST_NUMBER or not any(one.isdigit() for one in text):
        return
    for case in question.once("cases", lambda: cases_numbered(text, question.user, most=MOST_OF_A_KIND)):
        rank = EXACT if text in {case.number, case.source_ref} else PREFIX
        told = f"{case.category.name} · {case.get_stage_display()}"
        away_m = question.distance_m(case.geom)
        yield Found(rank, "case", str(case.pk), case.number, told, *lon_lat(case.geom), away_m)


def _rank(called: str, name: str) -> int:
    return EXACT if called == name else PREFIX if called.startswith(name) else WITHIN


def _inside(rows: Rows, names: list[str]) -> Rows:
    """Rows on the ground of the regions that are called so."""
    editions = RegionEdition.objects.in_force().filter(region__name__in=names)
    ground = editions.aggregate(ground=Union("geom"))["ground"]
    return rows.filter(geom__intersects=ground) if ground else rows.none()


def _component(row: Component, rank: int) -> Found:
    on, away_m = row.on, row.away_m  # type: ignore[attr-defined]
    subtitle = " · ".join(dict.fromkeys((row.category.name, row.code)))
    return Found(rank, "component", str(row.pk), str(row), subtitle, *lon_lat(on), away_m or 0.0)
