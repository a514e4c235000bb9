"""Questions to any layer: what is asked is what comes, by whoever may see it, and nonsense is named by its field."""

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from rest_framework.exceptions import ValidationError

from gridmap.territory.models import Building, Camera, Grid, GridEdition
from layers.asking import PAGING, PARTS, Question, ask, parse, read, records
from layers.catalogue import BY_KEY, LAYERS
from layers.layer import Filter, Kind, Layer
from layers.reading import Box, Span, read_values
from layers.shapes import MOST_VERTICES, Near, read_shape
from tests.cast import COMMUNITIES, SIDE, SOURCE, Board, Cast, centre_of, corner_of
from tests.layers.places import furnish

EACH = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.key)
BUILDINGS, GRIDS, CAMERAS, LAMPS, GROUND = (BY_KEY[key] for key in ("buildings", "grids", "cameras", "lamps", "ground"))
WEST, SOUTH = corner_of(COMMUNITIES[0])


@pytest.fixture
def town(board: Board, grids: list[Grid], cast: Cast) -> Cast:
    furnish(board.communities[0])
    return cast


def found(layer: Layer, user: Any, words: str = "", **body: Any) -> set[str]:
    """Identities of what a query string, or a JSON body, finds."""
    question = read(layer, body) if body else parse(layer, QueryDict(words))
    return {str(one) for one in ask(layer, user, question).values_list(layer.identity, flat=True)}


def refused(layer: Layer, words: str = "", **body: Any) -> list[str]:
    """The fields that a refusal names."""
    with pytest.raises(ValidationError) as caught:
        read(layer, body) if body else parse(layer, QueryDict(words))
    detail: Any = caught.value.detail
    assert all(str(reason) for reasons in detail.values() for reason in reasons)
    return list(detail)


def lasso(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]}


# --- every entry ------------------------------------------------------------------------------------------------------
@EACH
def test_no_filter_has_the_name_of_a_parameter(layer: Layer) -> None:
    assert not {one.name for one in layer.filters} & {*PARTS, *PAGING}


@EACH
def test_every_part_of_a_question_is_answered_by_every_layer(layer: Layer, town: Cast) -> None:
    everything = found(layer, town.planner)
    areas = [f"area={area}" for area in ("990101", COMMUNITIES[0], f"{COMMUNITIES[0]}001")]
    for words in (*areas, "q=长", "ids=1,x,99999999999999999999"):
        assert found(layer, town.planner, words) <= everything
    box = f"bbox={WEST},{SOUTH},{WEST + SIDE},{SOUTH + SIDE}"
    assert found(layer, town.planner, box) <= everything
    for shape in (lasso((0, 0), (1, 0), (1, 1)), {"lon": WEST, "lat": SOUTH, "radius_m": 300}):
        assert found(layer, town.planner, shape=shape) <= everything


@EACH
def test_every_filter_takes_each_of_its_choices(layer: Layer, town: Cast) -> None:
    for one in layer.filters:
        sample = "2026-11-01T00:00:00Z" if one.kind == Kind.MOMENT else 1
        for value in [value for value, _label in one.choices] or [sample]:
            found(layer, town.planner, f"{one.name}={value}")


@EACH
def test_who_holds_no_post_is_told_nothing(layer: Layer, town: Cast) -> None:
    assert found(layer, town.stranger) == set()


@EACH
def test_records_hold_the_fields_of_the_layer(layer: Layer, town: Cast) -> None:
    rows = list(records(layer, town.planner, ask(layer, town.planner, Question()), _id=layer.identity))
    for row in rows:
        assert list(row) == [*(one.name for one in layer.fields_for(town.planner)), "_id"]


# --- filters ----------------------------------------------------------------------------------------------------------
def test_several_values_mean_any_of_them(town: Cast) -> None:
    slabs, public = found(BUILDINGS, town.planner, "kind=slab"), found(BUILDINGS, town.planner, "kind=public")
    assert slabs and public and not slabs & public
    assert found(BUILDINGS, town.planner, "kind=slab,public") == slabs | public
    assert found(BUILDINGS, town.planner, "kind=slab&kind=public") == slabs | public
    assert found(BUILDINGS, town.planner, filters={"kind": ["slab", "public"]}) == slabs | public
    assert found(BUILDINGS, town.planner, filters={"kind": "public"}) == public
    assert found(BUILDINGS, town.planner, "kind=") == slabs | public


def test_flags_know_yes_no_and_unknown(town: Cast) -> None:
    Camera.objects.create(source=SOURCE, source_ref="night", sees_at_night=True, geom=centre_of(COMMUNITIES[0]))
    Camera.objects.create(source=SOURCE, source_ref="who knows", geom=centre_of(COMMUNITIES[0]))
    seen = {words: len(found(CAMERAS, town.planner, f"night={words}")) for words in ("1", "no", "unknown", "1,unknown")}
    assert seen == {"1": 1, "no": 1, "unknown": 1, "1,unknown": 2}
    assert len(found(CAMERAS, town.planner, filters={"night": [False]})) == 1


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.INTEGER, "7", 7),
        (Kind.INTEGER, "2..5", Span(2, 5)),
        (Kind.NUMBER, "..5.5", Span(None, 5.5)),
        (Kind.NUMBER, "-1e3", -1000.0),
        (Kind.DAY, "2026-02-01..", Span(datetime(2026, 2, 1).date(), None)),
        (Kind.MOMENT, "2026-02-01T08:00:00Z", datetime(2026, 2, 1, 8, tzinfo=UTC)),
        (Kind.TEXT, " 长宁路 ", "长宁路"),
        (Kind.CHOICE, "anything", "anything"),
    ],
)
def test_values_come_in_the_type_of_their_column(kind: Kind, text: str, value: Any) -> None:
    assert read_values(Filter("one", "One", "one", kind), [text], "one") == [value]


@given(text=st.text(max_size=60), kind=st.sampled_from(Kind))
def test_whatever_is_typed_is_a_value_or_refused_by_name(text: str, kind: Kind) -> None:
    try:
        values = read_values(Filter("one", "One", "one", kind), [text], "one")
    except ValidationError as refusal:
        assert list(refusal.detail) == ["one"]
    else:
        assert len(values) == (1 if text.strip() else 0)


def test_ranges_are_asked_of_the_database(town: Cast) -> None:
    ranged = Layer(**{**BUILDINGS.__dict__, "filters": (Filter("flats", "Flats", "households", Kind.INTEGER),)})
    for words, wanted in (("100..160", (100, 160)), ("..99", (0, 99)), ("161..", (161, 10_000))):
        exact = Building.objects.filter(households__range=wanted).values_list("pk", flat=True)
        assert found(ranged, town.planner, f"flats={words}") == {str(pk) for pk in exact}


# --- places -----------------------------------------------------------------------------------------------------------
def test_an_area_is_a_region_a_prefix_or_a_grid(town: Cast) -> None:
    grid = f"{COMMUNITIES[0]}001"
    in_grid = {str(pk) for pk in Building.objects.filter(grid__code=grid).values_list("pk", flat=True)}
    assert found(BUILDINGS, town.planner, f"area={grid}") == in_grid and len(in_grid) == 2
    assert len(found(BUILDINGS, town.planner, f"area={COMMUNITIES[0]}")) == 8
    assert len(found(BUILDINGS, town.planner, "area=990101001")) == 16
    assert found(BUILDINGS, town.planner, "area=440304") == set()
    assert len(found(CAMERAS, town.planner, "area=990101001")) == 1  # a camera has no code: its place decides
    assert found(CAMERAS, town.planner, "area=990101002") == set()


def test_a_box_keeps_what_overlaps_it_on_both_sides_of_the_antimeridian(town: Cast) -> None:
    one = Building.objects.order_by("pk").first()
    assert one is not None
    west, south, east, north = one.geom.extent
    assert found(BUILDINGS, town.planner, f"bbox={west},{south},{east},{north}") == {str(one.pk)}
    assert parse(BUILDINGS, QueryDict("bbox=1,2,3,4")).bbox == Box(1, 2, 3, 4)
    assert str(one.pk) in found(BUILDINGS, town.planner, f"bbox={west},{south},-170,{north}")
    assert str(one.pk) not in found(BUILDINGS, town.planner, f"bbox=170,{south},{west - 1e-4},{north}")


def test_a_lasso_keeps_what_it_meets_and_a_crossing_one_its_loops(town: Cast) -> None:
    quarter = lasso(
        (WEST, SOUTH), (WEST + SIDE / 2, SOUTH), (WEST + SIDE / 2, SOUTH + SIDE / 2), (WEST, SOUTH + SIDE / 2)
    )
    assert len(found(BUILDINGS, town.planner, shape=quarter)) == 2
    bow = lasso((WEST, SOUTH), (WEST + SIDE, SOUTH + SIDE), (WEST + SIDE, SOUTH), (WEST, SOUTH + SIDE))
    crossed = read_shape(bow)
    assert crossed is not None and not isinstance(crossed, Near)
    assert crossed.valid and crossed.area == pytest.approx(SIDE**2 / 2)
    assert found(BUILDINGS, town.planner, shape=bow) <= found(BUILDINGS, town.planner, f"area={COMMUNITIES[0]}")


def test_a_radius_is_measured_along_the_ellipsoid(town: Cast) -> None:
    centre = centre_of(COMMUNITIES[0])
    geod, spots = Geod(ellps="WGS84"), {}
    for bearing in (0, 45, 90, 200):
        for distance in (499.9, 500.1):
            lon, lat, _back = geod.fwd(centre.x, centre.y, bearing, distance)
            camera = Camera.objects.create(
                source=SOURCE, source_ref=f"{bearing} {distance}", geom=Point(lon, lat, srid=4326)
            )
            spots[str(camera.pk)] = distance
    inside = found(CAMERAS, town.planner, shape={"lon": centre.x, "lat": centre.y, "radius_m": 500})
    assert {pk for pk, distance in spots.items() if distance < 500} == inside & set(spots)


def test_an_earlier_state_is_asked_of_dated_layers_only(town: Cast) -> None:
    assert found(GRIDS, town.planner, "at=2025-12-31T00:00:00Z") == set()
    assert len(found(GRIDS, town.planner, "at=2026-06-01")) == GridEdition.objects.count()
    assert refused(BUILDINGS, "at=2026-06-01") == ["at"]


# --- words and ids ----------------------------------------------------------------------------------------------------
def test_every_word_must_be_in_some_field_or_choice(town: Cast) -> None:
    everything = found(BUILDINGS, town.planner)
    assert found(BUILDINGS, town.planner, "q=长宁路") == everything
    assert len(found(BUILDINGS, town.planner, "q=一社区长宁路3号")) == 1
    assert found(BUILDINGS, town.planner, "q=长宁路 nowhere") == set()
    with translation.override("en"):
        assert found(BUILDINGS, town.planner, "q=slab") == found(BUILDINGS, town.planner, "kind=slab")
    assert found(BUILDINGS, town.planner, "q=%25") == set()  # a wildcard of the database is a letter here


def test_ids_find_their_rows_and_foreign_ones_nothing(town: Cast) -> None:
    code = f"{COMMUNITIES[0]}001"
    assert found(GRIDS, town.planner, f"ids={code},nonsense") == {code}
    assert found(GRIDS, town.worker, f"ids={code[:-1]}2") == set()
    assert found(BUILDINGS, town.planner, "ids=-5,1e3,99999999999999999999999") == set()


def test_none_of_the_ids_is_none_not_all(town: Cast) -> None:
    assert not ask(GRIDS, town.planner, read(GRIDS, {"ids": []})).exists()
    assert not ask(GRIDS, town.planner, read(GRIDS, {"ids": [""]})).exists()
    assert ask(GRIDS, town.planner, read(GRIDS, {"ids": None})).exists()


# --- refusals ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("kin=slab", "kin"),
        ("kind=castle", "kind"),
        ("area=99010", "area"),
        ("area=长", "area"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,nan,4", "bbox"),
        ("bbox=1,2,inf,4", "bbox"),
        ("bbox=0,50,10,40", "bbox"),
        ("bbox=-200,0,0,10", "bbox"),
        ("q=" + "x" * 101, "q"),
        ("q=a b c d e f g h i", "q"),
        ("q=%00", "q"),
        ("ids=" + "1," * 5001, "ids"),
        ("shape=1", "shape"),
        ("kind=" + "slab," * 201, "kind"),
    ],
)
def test_a_query_that_cannot_be_used_is_named(words: str, field: str) -> None:
    assert refused(BUILDINGS, words) == [field]


def test_a_time_that_is_none_is_named() -> None:
    for words in ("yesterday", "2026-13-01", "2026-02-30T00:00:00Z", "9999999"):
        assert refused(GRIDS, f"at={words}") == ["at"]


SPIRAL = [[math.cos(i / 99) / 10, math.sin(i / 99) / 10] for i in range(MOST_VERTICES + 1)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"filters": []}, None),
        ({"filters": {"kind": [{}]}}, "filters.kind"),
        ({"filters": {"who": 1}}, "filters.who"),
        ({"shape": 5}, "shape"),
        ({"shape": {"type": "Point", "coordinates": [1, 2]}}, "shape"),
        ({"shape": {"type": "Polygon", "coordinates": [[]]}}, "shape"),
        ({"shape": {"type": "Polygon", "coordinates": []}}, "shape"),
        ({"shape": {"type": "MultiPolygon", "coordinates": [[]]}}, "shape"),
        ({"shape": lasso((0, 0), (1, 1))}, "shape"),
        ({"shape": lasso((0, 0), (1, 1), (2, 2))}, "shape"),
        ({"shape": lasso((0, 0), (10, 0), (10, 10))}, "shape"),
        ({"shape": lasso((0, 0), (200, 0), (1, 1))}, "shape"),
        ({"shape": {"type": "Polygon", "coordinates": [[["a", 1], [2, 2], [3, 1]]]}}, "shape"),
        ({"shape": {"type": "Polygon", "coordinates": [SPIRAL]}}, "shape"),
        ({"shape": {"lon": 1, "lat": 1, "radius_m": 0}}, "shape.radius_m"),
        ({"shape": {"lon": 1, "lat": 1, "radius_m": 50_001}}, "shape.radius_m"),
        ({"shape": {"lon": 1, "lat": 1, "radius_m": True}}, "shape.radius_m"),
        ({"shape": {"lon": 1, "radius_m": 5}}, "shape.lat"),
        ({"shape": {"lon": 1, "lat": 89, "radius_m": 5}}, "shape"),
        ({"bbox": [1, 2, 3, "x"]}, "bbox"),
        ({"ids": {"a": 1}}, "ids"),
        ({"q": ["a"]}, "q"),
        ({"limit": 5}, "limit"),
    ],
)
def test_a_body_that_cannot_be_used_is_named(body: dict[str, Any], field: str | None) -> None:
    if field is None:
        read(BUILDINGS, body)
    else:
        assert refused(BUILDINGS, **body) == [field]


NUMBERS = st.floats(allow_nan=True, allow_infinity=True) | st.integers() | st.none() | st.text(max_size=3)
RINGS = st.lists(st.lists(NUMBERS, max_size=4), max_size=6)


@given(coordinates=st.lists(RINGS | NUMBERS, max_size=3), kind=st.sampled_from(["Polygon", "MultiPolygon", "Point"]))
def test_no_shape_whatever_breaks_the_reader(coordinates: list[Any], kind: str) -> None:
    try:
        shape = read_shape({"type": kind, "coordinates": coordinates})
    except ValidationError as refusal:
        assert list(refusal.detail) == ["shape"]
    else:
        assert shape is not None
