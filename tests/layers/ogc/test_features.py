"""Features: what is narrowed, in which system and order, page by page, at which moment."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridmap.territory.models import Building, Camera, Compound, Facility, Grid, GridEdition, RegionEdition, StreetLamp
from layers.ogc import features, views
from layers.ogc.systems import CGCS2000, CRS84, MERCATOR, WGS84, in_degrees
from tests.cast import BEGAN, COMMUNITIES, SIDE, SOURCE, SOUTH, WEST, Board, Cast, square
from tests.layers.ogc.conftest import Reader

pytestmark = pytest.mark.django_db
GRIDS, LAMPS = "/collections/grids/items", "/collections/lamps/items"
NORTH_WEST = f"{WEST},{SOUTH + SIDE},{WEST + SIDE},{SOUTH + 2 * SIDE}"


def codes(said: dict[str, Any]) -> list[str]:
    """The ids of the features, in order."""
    return [str(one["id"]) for one in said["features"]]


def link(said: dict[str, Any], rel: str) -> str | None:
    """Where a link leads; None without it."""
    return next((one["href"] for one in said["links"] if one["rel"] == rel), None)


def walk(reader: Reader, path: str, rel: str = "next") -> list[dict[str, Any]]:
    """Every page from here on."""
    pages = [reader.get(path)]
    while (to := link(pages[-1], rel)) is not None:
        pages.append(reader.get(to))
        assert len(pages) < 200
    return pages


def light(count: int) -> list[StreetLamp]:
    """Lamps along the equator of the chessboard."""
    rows = [
        StreetLamp(source=SOURCE, source_ref=f"L{number}", geom=Point(WEST + number * 1e-5, SOUTH + 0.005, srid=4326))
        for number in range(count)
    ]
    return StreetLamp.objects.bulk_create(rows)


# --- the answer -------------------------------------------------------------------------------------------------------
def test_an_answer_counts_itself(reader: Reader, grids: list[Grid]) -> None:
    said = reader.get(f"{GRIDS}?limit=3")
    assert (said["type"], said["numberMatched"], said["numberReturned"]) == ("FeatureCollection", 8, 3)
    assert len(said["features"]) == 3 and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", said["timeStamp"])
    assert reader.raw(GRIDS)["Content-Type"] == "application/geo+json"
    assert {"self", "alternate", "collection"} <= {one["rel"] for one in said["links"]}


def test_values_come_whole(reader: Reader, grids: list[Grid]) -> None:
    """Chinese text, what JSON must escape, whole and broken numbers, what is not known."""
    awkward = '长宁路"8"号\\ 院\n甲/乙 😀'
    Facility.objects.create(
        source=SOURCE, source_ref="1", name=awkward, kind="school", geom=Point(119.9012345, 30.1123456, srid=4326)
    )
    (feature,) = reader.get("/collections/facilities/items")["features"]
    assert feature["properties"]["name"] == awkward
    assert feature["geometry"] == {"type": "Point", "coordinates": [119.9012345, 30.1123456]}
    building = reader.get("/collections/buildings/items?limit=1")["features"][0]["properties"]
    assert building["address"].startswith("一社区长宁路") and building["floors"] == 6
    grid = reader.get(f"{GRIDS}?limit=1")["features"][0]["properties"]
    assert isinstance(grid["area_m2"], float) and grid["households"] == 300 and grid["community"] == "一社区"


def test_measures_keep_their_point(reader: Reader, board: object) -> None:
    """A reader that takes types from the first page must not take a measure for a whole number."""
    Camera.objects.create(source=SOURCE, source_ref="1", geom=Point(119.9, 30.1, srid=4326), bearing_deg=90)
    assert b'"bearing" : 90.0' in _bytes(reader, "/collections/cameras/items")


def _bytes(reader: Reader, path: str) -> bytes:
    answer: Any = reader.raw(path)
    found: bytes = answer.getvalue()
    return found


def test_nothing_is_an_answer_too(reader: Reader, board: object) -> None:
    said = reader.get(LAMPS)
    assert (said["numberMatched"], said["numberReturned"], said["features"]) == (0, 0, [])
    assert link(said, "next") is None and link(said, "prev") is None


def test_polygons_turn_to_the_left(reader: Reader, board: Board) -> None:
    """As RFC 7946 has it, however they are stored."""
    clockwise = "MULTIPOLYGON(((119.90 30.11,119.90 30.115,119.905 30.115,119.905 30.11,119.90 30.11)))"
    _compound(board, clockwise)
    (feature,) = reader.get("/collections/compounds/items")["features"]
    assert GEOSGeometry(json.dumps(feature["geometry"]))[0][0].is_counterclockwise


def _compound(board: Board, shape: str) -> Compound:
    geom: Any = GEOSGeometry.from_ewkt(f"SRID=4326;{shape}")
    return Compound.objects.create(source=SOURCE, source_ref="1", name="甲", community=board.communities[0], geom=geom)


def test_no_person_is_named(reader: Reader, grids: list[Grid]) -> None:
    from layers.catalogue import LAYERS

    names = {field.name for layer in LAYERS if layer.public for field in layer.fields}
    assert not names & {"id_number", "phone_no", "resident", "person", "holder", "birth", "mobile", "contact"}


# --- coordinate systems -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("system", [CRS84, WGS84, CGCS2000, MERCATOR], ids=lambda one: one.short)
def test_each_system_has_its_axes_in_its_order(reader: Reader, board: object, system: Any) -> None:
    Facility.objects.create(source=SOURCE, source_ref="1", name="甲", kind="school", geom=Point(120, 30, srid=4326))
    path = f"/collections/facilities/items?crs={quote(system.uri, safe='')}"
    (feature,) = reader.get(path)["features"]
    assert reader.raw(path)["Content-Crs"] == f"<{system.uri}>"
    wanted = {"CRS84": [120, 30], "4326": [30, 120], "4490": [30, 120], "3857": [13358338.90, 3503549.84]}
    assert feature["geometry"]["coordinates"] == pytest.approx(wanted[system.short], abs=0.01)
    one = f"/collections/facilities/items/{feature['id']}?crs={quote(system.uri, safe='')}"
    assert reader.get(one)["geometry"] == feature["geometry"] and reader.raw(one)["Content-Crs"] == f"<{system.uri}>"


def test_without_a_system_it_is_crs84(reader: Reader, board: object) -> None:
    assert reader.raw(LAMPS)["Content-Crs"] == f"<{CRS84.uri}>"


@pytest.mark.parametrize("name", ["crs", "bbox-crs"])
@pytest.mark.parametrize("value", ["2000", "http://www.opengis.net/def/crs/EPSG/0/4549", "x" * 300, "4326'--"])
def test_a_system_that_is_not_offered_is_refused(reader: Reader, board: object, name: str, value: str) -> None:
    assert name in reader.refused(f"{LAMPS}?{name}={quote(value)}")["description"]


def test_a_box_is_read_in_its_own_system(reader: Reader, grids: list[Grid]) -> None:
    west, south, east, north = WEST + 0.0012, SOUTH + SIDE + 0.001, WEST + 0.002, SOUTH + SIDE + 0.002
    boxes = {
        "CRS84": (west, south, east, north),
        "4326": (south, west, north, east),
        "4490": (south, west, north, east),
        "3857": _mercator(west, south, east, north),
    }
    for name, box in boxes.items():
        said = reader.get(f"{GRIDS}?bbox={','.join(map(repr, box))}&bbox-crs={name}")
        assert codes(said) == ["990101001001003"], name


def _mercator(*edges: float) -> tuple[float, ...]:
    corners = [Point(edges[at], edges[at + 1], srid=4326) for at in (0, 2)]
    for corner in corners:
        corner.transform(3857)
    return tuple(number for corner in corners for number in corner.coords)


@given(lon=st.floats(-179.9, 179.9), lat=st.floats(-84, 84))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_mercator_comes_back(lon: float, lat: float) -> None:
    x, y = _mercator(lon, lat, lon, lat)[:2]
    found = in_degrees((x, y, x, y), MERCATOR)
    assert found[:2] == pytest.approx((lon, lat), abs=1e-9)


# --- narrowing --------------------------------------------------------------------------------------------------------
def test_a_box_keeps_what_meets_it(reader: Reader, board: Board, grids: list[Grid]) -> None:
    """By the shapes themselves: what only the box of a shape meets is left out."""
    _compound(board, "MULTIPOLYGON(((119.90 30.11,119.905 30.115,119.90 30.115,119.90 30.11)))")
    path = "/collections/compounds/items?bbox="
    assert reader.get(f"{path}119.9045,30.1105,119.9049,30.1109")["numberMatched"] == 0
    assert reader.get(f"{path}119.9001,30.1140,119.9002,30.1141")["numberMatched"] == 1
    assert len(codes(reader.get(f"{GRIDS}?bbox={NORTH_WEST}"))) >= 4
    with_heights = f"{WEST},{SOUTH + SIDE},-10,{WEST + SIDE},{SOUTH + 2 * SIDE},9000"
    assert codes(reader.get(f"{GRIDS}?bbox={with_heights}")) == codes(reader.get(f"{GRIDS}?bbox={NORTH_WEST}"))


def test_a_box_across_the_antimeridian_is_two(reader: Reader, board: object) -> None:
    for number, lon in enumerate((179.5, -179.5, 0.0)):
        StreetLamp.objects.create(source=SOURCE, source_ref=str(number), geom=Point(lon, 10, srid=4326))
    assert reader.get(f"{LAMPS}?bbox=179,9,-179,11")["numberMatched"] == 2


@pytest.mark.parametrize(
    "box", ["1", "1,2,3", "a,b,c,d", "1,2,3,4,5", "nan,0,1,1", "0,91,1,92", "1e400,0,1,1", "120,30,110,40,1,1,1"]
)
def test_a_box_that_is_none_is_refused(reader: Reader, board: object, box: str) -> None:
    assert "bbox" in reader.refused(f"{LAMPS}?bbox={box}")["description"]


def test_filters_of_the_entry_and_equality_of_properties(reader: Reader, grids: list[Grid]) -> None:
    assert len(codes(reader.get(f"{GRIDS}?kind=dedicated"))) == 2
    assert len(codes(reader.get(f"{GRIDS}?kind=dedicated,general"))) == 8
    assert codes(reader.get(f"{GRIDS}?code=990101001002003")) == ["990101001002003"]
    assert len(codes(reader.get(f"{GRIDS}?community={quote('二社区')}&households=300"))) == 1
    assert codes(reader.get(f"{GRIDS}?community={quote('二社区,一社区')}")) == []
    assert reader.get("/collections/regions/items?level=5")["numberMatched"] == 4
    assert reader.get("/collections/buildings/items?floors=6")["numberMatched"] == 16


@pytest.mark.parametrize(
    "query", ["kind=purple", "colour=red", "households=many", "households=1e99", "limit=0", "limit=x", "offset=-1",
              "limit=-5", "level=4", "code=%00", "cursor=abc", "datetime=tomorrow"]
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(reader: Reader, grids: list[Grid], query: str) -> None:
    assert query.partition("=")[0] in reader.refused(f"{GRIDS}?{query}")["description"]


def test_more_than_the_most_is_the_most(reader: Reader, board: object) -> None:
    assert reader.get(f"{LAMPS}?limit=99999")["numberReturned"] == 0


# --- pages ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("limit", [1, 3, 7, 24, 25, 26])
def test_pages_hold_everything_once(reader: Reader, board: object, limit: int) -> None:
    light(25)
    pages = walk(reader, f"{LAMPS}?limit={limit}")
    found = [code for page in pages for code in codes(page)]
    assert len(found) == len(set(found)) == 25 and len(pages) == -(-25 // limit)
    assert all(page["numberReturned"] == len(page["features"]) <= limit for page in pages)
    assert {page["numberMatched"] for page in pages} == {25}


def test_the_way_back_is_the_way_there(reader: Reader, board: object) -> None:
    light(10)
    there = walk(reader, f"{LAMPS}?limit=3")
    back = walk(reader, str(link(there[-1], "self")), rel="prev")
    assert [codes(page) for page in back] == [codes(page) for page in (there[3], there[2], there[1], there[0])]
    assert link(there[0], "prev") is None and link(back[-1], "prev") is None
    assert codes(reader.get(str(link(back[-1], "next")))) == codes(there[1])


def test_offset_leads_to_the_same_pages(reader: Reader, board: object) -> None:
    light(10)
    whole = codes(reader.get(LAMPS))
    said = reader.get(f"{LAMPS}?offset=4&limit=3")
    assert codes(said) == whole[4:7]
    assert codes(reader.get(str(link(said, "next")))) == whole[7:]
    assert codes(reader.get(str(link(said, "prev")))) == whole[1:4]
    assert codes(reader.get(f"{LAMPS}?offset=10")) == []


def test_rows_that_come_and_go_meanwhile_move_no_others(reader: Reader, board: object) -> None:
    """A position that counts rows would repeat or drop one."""
    lamps = light(9)
    first = reader.get(f"{LAMPS}?limit=3")
    StreetLamp.objects.filter(pk=lamps[1].pk).update(active=False)
    light_more = StreetLamp.objects.create(source=SOURCE, source_ref="new", geom=Point(119.9, 30.1, srid=4326))
    rest = [code for page in walk(reader, str(link(first, "next"))) for code in codes(page)]
    assert rest == [str(lamp.pk) for lamp in (*lamps[3:], light_more)]


def test_an_edition_adopted_between_two_pages_repeats_no_grid(reader: Reader, grids: list[Grid]) -> None:
    """All pages show the boundaries as the first one found them."""
    first = reader.get(f"{GRIDS}?limit=2")
    now = timezone.now()
    for edition in GridEdition.objects.filter(grid__code__endswith="001001"):
        GridEdition.objects.filter(pk=edition.pk).update(valid=DateTimeTZRange(BEGAN, now))
        GridEdition.objects.create(grid=edition.grid, geom=edition.geom, valid=DateTimeTZRange(now, None), source="x")
    found = codes(first) + [code for page in walk(reader, str(link(first, "next"))) for code in codes(page)]
    assert len(found) == len(set(found)) == 8


def test_a_cursor_belongs_to_its_question(reader: Reader, grids: list[Grid], cast: Cast) -> None:
    light(5)
    cursor = str(link(reader.get(f"{LAMPS}?limit=2"), "next")).partition("cursor=")[2].partition("&")[0]
    assert reader.get(f"{LAMPS}?limit=3&cursor={cursor}")["numberReturned"] == 3
    for path in (f"{LAMPS}?lit=true&cursor={cursor}", f"{GRIDS}?cursor={cursor}", f"{LAMPS}?cursor={cursor}x"):
        assert "cursor" in reader.refused(path)["description"]


def test_links_keep_the_question(reader: Reader, grids: list[Grid]) -> None:
    to = str(link(reader.get(f"{GRIDS}?kind=general&bbox={NORTH_WEST}&crs=4490&limit=1"), "next"))
    assert "kind=general" in to and "crs=4490" in to and "bbox=" in to
    assert reader.raw(to)["Content-Crs"] == f"<{CGCS2000.uri}>"


# --- dated boundaries -------------------------------------------------------------------------------------------------
@pytest.fixture
def redrawn(grids: list[Grid]) -> datetime:
    """Grid 001 of the first community got another boundary on 1 July 2026; when that was."""
    moment = datetime.fromisoformat("2026-07-01T00:00:00+08:00")
    edition = GridEdition.objects.get(grid__code="990101001001001")
    GridEdition.objects.filter(pk=edition.pk).update(valid=DateTimeTZRange(BEGAN, moment))
    GridEdition.objects.create(
        grid=edition.grid, geom=square(119.9, 30.115, 0.004), valid=DateTimeTZRange(moment, None), source=SOURCE,
        households=7,
    )  # fmt: skip
    return moment


@pytest.mark.parametrize(
    ("when", "households"),
    [("2026-06-30T23:59:59%2B08:00", 300), ("2026-07-01T00:00:00%2B08:00", 7), ("2026-11-01T00:00:00Z", 7)],
)
def test_an_instant_shows_what_was_in_force(reader: Reader, redrawn: datetime, when: str, households: int) -> None:
    (one,) = reader.get(f"{GRIDS}?code=990101001001001&datetime={when}")["features"]
    assert one["properties"]["households"] == households
    assert reader.get(f"{GRIDS}/990101001001001?datetime={when}")["properties"]["households"] == households


def test_before_the_first_boundary_there_is_none(reader: Reader, redrawn: datetime) -> None:
    assert reader.get(f"{GRIDS}?datetime=2025-06-01T00:00:00Z")["numberMatched"] == 0


@pytest.mark.parametrize(
    ("interval", "count"),
    [
        ("2026-06-01T00:00:00Z/2026-08-01T00:00:00Z", 2), ("../2026-06-01T00:00:00Z", 1), ("2026-08-01/..", 1),
        ("/2026-08-01", 2), ("2026-06-30/2026-07-01", 2), ("2026-01-05/2026-06-30", 1), ("2026-07-01", 1),
    ],
)  # fmt: skip
def test_an_interval_shows_every_edition_in_it(reader: Reader, redrawn: datetime, interval: str, count: int) -> None:
    said = reader.get(f"{GRIDS}?code=990101001001001&datetime={interval}")
    assert said["numberMatched"] == len(set(codes(said))) == count
    for one in said["features"]:  # each has an id of its own, under which it is found again
        again = reader.get(f"{GRIDS}/{quote(one['id'])}")
        assert again["properties"] == one["properties"]
        assert again["properties"]["valid_from"] is not None


@pytest.mark.parametrize("interval", ["../..", "/", "2026-08-01/2026-01-01", "a/b", "2026-01-01/2026-02-01/2026-03-01"])
def test_an_interval_that_is_none_is_refused(reader: Reader, redrawn: datetime, interval: str) -> None:
    assert "datetime" in reader.refused(f"{GRIDS}?datetime={interval}")["description"]


def test_layers_without_dates_heed_none(reader: Reader, board: object) -> None:
    light(2)
    assert reader.get(f"{LAMPS}?datetime=1999-01-01T00:00:00Z/..")["numberMatched"] == 2


def test_regions_are_dated_too(reader: Reader, board: object) -> None:
    ended = BEGAN + timedelta(days=30)
    RegionEdition.objects.filter(region__code=COMMUNITIES[3]).update(valid=DateTimeTZRange(BEGAN, ended))
    path = f"/collections/regions/items?code={COMMUNITIES[3]}"
    assert reader.get(path)["numberMatched"] == 0
    assert reader.get(f"{path}&datetime=2026-01-15T00:00:00Z")["numberMatched"] == 1


# --- one feature ------------------------------------------------------------------------------------------------------
def test_one_feature_has_an_etag_that_moves_with_it(reader: Reader, grids: list[Grid]) -> None:
    path = f"{GRIDS}/990101001001001"
    answer = reader.raw(path)
    tag = answer["ETag"]
    assert reader.raw(path, **{"If-None-Match": tag}).status_code == 304
    assert reader.raw(path, **{"If-None-Match": f'"x", W/{tag}'}).status_code == 304
    assert reader.raw(f"{path}?crs=3857", **{"If-None-Match": tag}).status_code == 200
    GridEdition.objects.filter(grid__code="990101001001001").update(households=301)
    again = reader.raw(path, **{"If-None-Match": tag})
    assert again.status_code == 200 and again["ETag"] != tag


def test_one_feature_leads_back(reader: Reader, grids: list[Grid]) -> None:
    said = reader.get(f"{GRIDS}/990101001001001")
    assert (said["type"], said["id"]) == ("Feature", "990101001001001")
    assert str(link(said, "collection")).endswith("/ogc/collections/grids")


@pytest.mark.parametrize(
    "key", ["0", "x", "990101001001099", "9" * 400, "1%00", "😀", "1@x", "990101001001001@yesterday"]
)
def test_an_id_that_nothing_has_is_not_found(reader: Reader, grids: list[Grid], key: str) -> None:
    for layer in ("grids", "buildings", "lamps"):
        assert reader.raw(f"/collections/{layer}/items/{quote(key, safe='%@')}").status_code in {400, 404}


# --- rights -----------------------------------------------------------------------------------------------------------
def test_a_grids_own_staff_see_their_grid(reader_of: Callable[..., Reader], cast: Cast, grids: list[Grid]) -> None:
    mine = reader_of(cast.worker)
    assert codes(mine.get(GRIDS)) == ["990101001001001"]
    assert mine.get("/collections/buildings/items")["numberMatched"] == 2
    assert mine.raw(f"{GRIDS}/990101001002001").status_code == 404
    foreign = Building.objects.filter(grid__code="990101001002001").first()
    assert foreign and mine.raw(f"/collections/buildings/items/{foreign.pk}").status_code == 404


def test_an_area_narrows_the_common_ground_too(reader_of: Callable[..., Reader], cast: Cast, grids: list[Grid]) -> None:
    """Lamps and cameras are a map for everyone; who hands out a token of one community means that community."""
    for number, west in enumerate((WEST + 0.002, WEST + SIDE + 0.002)):
        spot = Point(west, SOUTH + SIDE + 0.002, srid=4326)
        StreetLamp.objects.create(source=SOURCE, source_ref=str(number), geom=spot)
    assert reader_of(cast.planner).get(LAMPS)["numberMatched"] == 2
    narrow = reader_of(cast.planner, area="990101001001")
    assert narrow.get(LAMPS)["numberMatched"] == 1
    assert [one["properties"]["code"] for one in narrow.get("/collections/regions/items")["features"]] == [
        COMMUNITIES[0]
    ]


def test_a_page_costs_few_statements(reader: Reader, grids: list[Grid], django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(24):
        _bytes(reader, f"{GRIDS}?limit=2")


def test_who_hangs_up_leaves_no_transaction_open(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also while the server still holds the answer that it has closed."""
    light(3)
    monkeypatch.setattr(features, "CHUNK_BYTES", 1)
    depth = len(connection.savepoint_ids)
    request = RequestFactory().get(f"/ogc{LAMPS}")
    request.user = cast.planner
    answer: Any = views.items(request, key="lamps")
    assert next(iter(answer)) and len(connection.savepoint_ids) > depth
    answer.close()
    assert len(connection.savepoint_ids) == depth
