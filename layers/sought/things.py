"""Finding facilities, cameras, lamps and roads."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F

from gridmap.finding.services import EXACT, PREFIX, WITHIN
from gridmap.finding.understanding import Meaning
from gridmap.territory.columns import PointOnSurface
from gridmap.territory.models import Camera, Facility, GroundFeature, StreetLamp
from layers.sought.found import Figure, Found, Question, Rows, Words, best_first, lon_lat

#: A number of a source shorter than this would begin those of half the lamps.
SHORTEST_REF = 3
MOST_LAMPS = 8
ROADS = ("road_arterial", "road_local", "road_lane", "river", "rail", "green", "square", "water")


def find_facilities(question: Question, meaning: Meaning) -> Iterator[Found]:
    """Facilities by name, or by street and door."""
    rows: Rows = Facility.objects.visible_to(question.user).active().only("name", "kind", "address", "geom")
    if len(meaning.names) != 1 or meaning.tail:
        return
    words = question.called(meaning.names[0], meaning)
    if meaning.has_figures:
        rows = rows.annotate(street=Words(F("address")), figure=Figure(F("address")))
        if not meaning.door:
            return
        found = best_first(question, rows.filter(figure=meaning.door.partition("-")[0]), ("street",), words)
    else:
        found = best_first(question, rows, ("name",), words)
    for row in found:
        subtitle = row.address or row.get_kind_display()
        bears = frozenset((row.name, getattr(row, "street", "")))
        yield Found(row.rank, "facility", str(row.pk), row.name, subtitle, *lon_lat(row.geom), row.away_m, bears)


def find_cameras(question: Question, meaning: Meaning) -> Iterator[Found]:
    """Cameras by number in the source, name or place."""
    rows = Camera.objects.visible_to(question.user).active().only("source_ref", "name", "place", "geom")
    for row in question.once("cameras", lambda: _by_ref(question, rows)):
        yield _camera(row, EXACT if row.source_ref == question.asked.text else PREFIX)
    if len(meaning.names) != 1 or meaning.has_figures:
        return
    words = question.called(meaning.names[0], meaning)
    for row in best_first(question, rows, ("name", "place"), words):
        yield _camera(row, row.rank)


def find_lamps(question: Question, meaning: Meaning) -> Iterator[Found]:
    """Street lamps by their number in the source."""
    rows = StreetLamp.objects.visible_to(question.user).active().only("source_ref", "geom")
    for row in question.once("lamps", lambda: _by_ref(question, rows)):
        rank = EXACT if row.source_ref == question.asked.text else PREFIX
        yield Found(rank, "lamp", str(row.pk), row.source_ref, "", *lon_lat(row.geom), row.away_m)


def find_roads(question: Question, meaning: Meaning) -> Iterator[Found]:
    """Roads, water and greens by name: each name once, where it comes nearest."""
    if len(meaning.names) != 1 or meaning.has_figures:
        return
    words = question.called(meaning.names[0], meaning)
    rows: Rows = GroundFeature.objects.visible_to(question.user).active().filter(kind__in=ROADS)
    rows = rows.annotate(on=PointOnSurface(F("geom"))).defer("geom", "geom_3857")
    told: set[str] = set()
    for row in best_first(question, rows, ("name",), words):
        if row.name not in told:
            told.add(row.name)
            rank = words.ranks.get(row.name, WITHIN)
            kind, bears = row.get_kind_display(), frozenset((row.name,))
            yield Found(rank, "road", str(row.pk), row.name, kind, *lon_lat(row.on), row.away_m, bears)


def _by_ref(question: Question, rows: Rows) -> Iterator[Any]:
    text = question.asked.text
    if len(text) >= SHORTEST_REF and any(one.isdigit() for one in text):
        yield from list(question.nearest(rows.filter(source_ref__startswith=text)))[:MOST_LAMPS]


def _camera(row: Any, rank: int) -> Found:
    bears = frozenset((row.name, row.place))
    return Found(rank, "camera", str(row.pk), str(row), row.place, *lon_lat(row.geom), row.away_m, bears)
