"""The drawing board: streets through their crossings, blocks, rows, villas, names and door numbers."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from gridmap.district.addresses import DoorBook
from gridmap.district.blocks import Cut, CutStyle, join_ends, polygons_of, rounded, subdivide
from gridmap.district.community import Street
from gridmap.district.compounds import HOUSING, OPEN, Use, lay_out
from gridmap.district.layout import AreaGoal, Layout, survey
from gridmap.district.names import Namer, chinese_number
from gridmap.district.oldtown import farmhouses, keep_apart, old_houses, villa_loops
from gridmap.district.plane import to_degrees, to_metres
from gridmap.district.programme import ordinary
from gridmap.district.records import CompoundKind, GroundKind
from gridmap.district.slabs import RowStyle, clear_spans, row_houses, south_angle
from gridmap.district.streets import Course, draw, faces, river_bed

SQUARE = shapely.box(0, 0, 240, 200)
ELL = shapely.Polygon([(0, 0), (300, 0), (300, 120), (140, 120), (140, 280), (0, 280)])


def rng(seed: int = 3) -> np.random.Generator:
    return np.random.default_rng(seed)


# --- the board --------------------------------------------------------------------------------------------------------
def test_metres_and_degrees_agree_with_the_ellipsoid() -> None:
    east, north = to_degrees([shapely.Point(1000, 0), shapely.Point(0, 1000)])
    assert (east.x - 106.05) * 111_320 * np.cos(np.radians(29.85)) == pytest.approx(1000, rel=0.003)
    assert (north.y - 29.85) * 110_852 == pytest.approx(1000, rel=0.001)


@given(st.floats(-2e4, 2e4), st.floats(-2e4, 2e4))
def test_the_way_there_and_back_is_the_same_place(x: float, y: float) -> None:
    back = to_metres(to_degrees([shapely.Point(x, y)]))[0]
    assert (back.x, back.y) == pytest.approx((x, y), abs=1e-5)


def test_a_shape_that_rounding_breaks_is_mended() -> None:
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 60)])
    assert not bow.is_valid
    mended = to_degrees([bow, SQUARE])
    assert mended[0].is_valid
    assert mended[0].geom_type == "Polygon"
    assert to_metres(mended)[1].area == pytest.approx(SQUARE.area)


# --- courses and faces ------------------------------------------------------------------------------------------------
NODES = {"a": (0.0, 0.0), "b": (500.0, 40.0), "c": (520.0, 480.0), "d": (-20.0, 500.0)}
RING = (
    Course("南街", "road_arterial", 30, ("a", "b")),
    Course("东街", "road_arterial", 30, ("b", (560.0, 250.0), "c"), bridges=True),
    Course("北江", "river", 60, ("c", (250.0, 560.0), "d")),
    Course("", "boundary", 0, ("d", "a")),
)


def test_a_course_runs_exactly_through_its_crossings() -> None:
    line = draw(RING[1], NODES)
    vertices = {tuple(xy) for xy in shapely.get_coordinates(line.line).tolist()}
    assert {NODES["b"], (560.0, 250.0), NODES["c"]} <= vertices
    assert [piece.coords[0] for piece in line.pieces][1:] == [piece.coords[-1] for piece in line.pieces][:-1]


def test_a_ring_of_courses_is_one_face() -> None:
    found = faces([draw(course, NODES) for course in RING])
    assert len(found) == 1
    assert found[0].contains(shapely.Point(250, 250))


def test_a_river_keeps_about_its_width() -> None:
    line = draw(RING[2], NODES)
    bed = river_bed(line, rng())
    assert bed.area / line.line.length == pytest.approx(60, rel=0.3)
    assert bed.is_valid
    assert bed.covers(line.line.buffer(10, cap_style="flat").intersection(bed.envelope)) or bed.intersects(line.line)


def layout(**changes: object) -> Layout:
    plain = ordinary("甲", 1500, ((Use.SLAB, 1.0),), (Use.PARK,))
    fields: dict[str, object] = {
        "county": "某区", "nodes": NODES, "courses": RING, "places": {"甲": ((250.0, 250.0),)},
        "streets": (("一街道", ("甲",)),), "programmes": (plain,),
    }  # fmt: skip
    return Layout(**(fields | changes))  # type: ignore[arg-type]


def test_an_area_goal_is_met() -> None:
    drawn = survey(layout(goals=(AreaGoal("甲", 250_000.0, ("a", "b"), (0.0, -1.0)),)), rng())
    assert drawn.polygons["甲"].area == pytest.approx(250_000, rel=1e-4)


def test_a_place_without_a_face_is_named() -> None:
    with pytest.raises(ValueError, match="no face at the place of 甲"):
        survey(layout(places={"甲": ((9000.0, 0.0),)}), rng())


def test_a_face_that_belongs_to_nobody_is_found() -> None:
    divided = (*RING, Course("中街", "road_local", 12, ("a", "c")))
    with pytest.raises(ValueError, match="belong to no community"):
        survey(layout(courses=divided), rng())


def test_a_road_ends_at_the_bank_unless_it_has_a_bridge() -> None:
    river = Course("大河", "river", 80, ((-100.0, 200.0), (700.0, 260.0)), bounds=False)
    road = Course("江街", "road_local", 14, ((100.0, -50.0), (120.0, 450.0)), bounds=False)
    bridge = Course("桥街", "road_local", 14, ((300.0, -50.0), (310.0, 450.0)), bounds=False, bridges=True)
    drawn = survey(layout(courses=(*RING, river, road, bridge)), rng())
    bed = shapely.union_all([shape for kind, _, shape in drawn.ground if kind is GroundKind.RIVER])
    wet = {road.name for road in drawn.roads if road.line.intersection(bed).length > 5}
    assert "桥街桥" in wet
    assert "江街" not in wet
    assert sum(road.name == "江街" for road in drawn.roads) == 2


# --- blocks -----------------------------------------------------------------------------------------------------------
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([SQUARE, ELL]), st.floats(2_000, 12_000))
def test_blocks_lie_inside_apart_and_away_from_the_streets(seed: int, plot: shapely.Polygon, target: float) -> None:
    blocks, cuts = subdivide(plot, CutStyle(target, (12.0, 8.0)), rng(seed))
    assert sum(block.area for block in blocks) <= plot.area
    assert all(plot.buffer(1e-6).contains(block) for block in blocks)
    one, two = shapely.STRtree(blocks).query(blocks, predicate="intersects")
    assert not (one < two).any()
    for cut in cuts:
        assert all(cut.line.distance(block) >= cut.width_m / 2 - 0.01 for block in blocks)


def test_a_small_piece_stays_whole() -> None:
    blocks, cuts = subdivide(SQUARE, CutStyle(100_000.0, (12.0,)), rng())
    assert blocks == [SQUARE]
    assert cuts == []


def test_ends_are_led_on_to_the_street_they_meet() -> None:
    street = shapely.LineString([(0, -20), (240, -20)])
    joined = join_ends([Cut(shapely.LineString([(100, 0), (100, 200)]), 12.0, 0)], [street])
    assert joined[0].coords[0] == (100, -20)
    assert joined[0].coords[-1] == (100, 200)


def test_rounding_takes_corners_only() -> None:
    smooth = rounded(SQUARE, 9.0)
    assert SQUARE.buffer(1e-6).contains(smooth)
    assert smooth.area > 0.99 * SQUARE.area
    thin = shapely.box(0, 0, 100, 4)
    assert rounded(thin, 9.0) == thin


# --- houses -----------------------------------------------------------------------------------------------------------
SLABS = RowStyle((34.0, 60.0), 12.0, 10.0, 30.0)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from([SQUARE, ELL]),
    st.floats(-90, 90),
    st.sampled_from(["slab", "stepped", "tower"]),
)
def test_rows_stay_inside_and_apart(seed: int, plot: shapely.Polygon, angle: float, outline: str) -> None:
    turned = affinity.rotate(plot, angle)
    style = RowStyle((25.0, 40.0), 14.0, 8.0, 32.0, outline)
    houses = row_houses(turned, style, rng(seed))
    assert houses
    assert all(turned.contains(house) and house.is_valid for house in houses)
    one, two = shapely.STRtree(houses).query(houses, predicate="dwithin", distance=3.0)
    assert not (one < two).any()


def test_tighter_rows_hold_more_houses() -> None:
    counts = [len(row_houses(SQUARE, SLABS.tighter(squeeze), rng())) for squeeze in (1.6, 1.0, 0.6)]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1]


def test_rows_follow_the_plot_but_keep_the_south() -> None:
    assert south_angle(affinity.rotate(SQUARE, 15)) == pytest.approx(15, abs=0.1)
    assert south_angle(affinity.rotate(SQUARE, 105)) == pytest.approx(15, abs=0.1)
    assert abs(south_angle(affinity.rotate(SQUARE, 44))) == 9


def test_clear_spans_avoid_holes_and_notches() -> None:
    holed = shapely.Polygon(SQUARE.exterior, [shapely.box(100, 80, 140, 120).exterior.coords])
    assert clear_spans(holed, 90, 110) == [(0, 100), (140, 240)]
    assert clear_spans(ELL, 110, 130) == [(0, 140)]
    assert clear_spans(ELL, 300, 310) == []


@pytest.mark.parametrize("squeeze", [0.6, 1.0, 1.8])
def test_old_town_houses_and_villas_stay_inside_and_apart(squeeze: float) -> None:
    old = [house.footprint for house in old_houses(ELL, rng(), squeeze)]
    villas, lanes = villa_loops(affinity.scale(SQUARE, 1.5, 1.5), rng(), squeeze)
    for houses, plot in ((old, ELL), ([villa.footprint for villa in villas], affinity.scale(SQUARE, 1.5, 1.5))):
        assert len(houses) > 10
        assert all(plot.covers(house) and house.is_valid for house in houses)
        one, two = shapely.STRtree(houses).query(houses, predicate="intersects")
        assert not (one < two).any()
    web = shapely.union_all(lanes)
    assert all(not villa.footprint.intersects(web) for villa in villas)
    assert {villa.capacity for villa in villas} == {1}


def test_houses_kept_apart_are_the_first_that_fit() -> None:
    houses = [shapely.box(x, 10, x + 10, 20) for x in (10, 15, 21, 40, 300)]
    kept = keep_apart(houses, 2.0, [shapely.box(38, 0, 60, 40)], SQUARE)
    assert kept == [houses[0]]
    assert keep_apart(houses, 0.5, [], SQUARE) == [houses[0], houses[2], houses[3]]


def test_farmhouses_stand_by_a_lane_and_never_on_it() -> None:
    field = shapely.box(0, 0, 900, 700)
    lanes = [shapely.LineString([(0, 350), (450, 380), (900, 330)]), shapely.LineString([(450, 0), (450, 700)])]
    houses = [house.footprint for house in farmhouses(field, lanes, 30, rng())]
    web = shapely.union_all(lanes)
    assert 15 <= len(houses) <= 30
    assert all(3.9 < house.distance(web) < 45 for house in houses)


@pytest.mark.parametrize("use", list(Use))
def test_every_use_makes_a_lot_of_its_own_kind(use: Use) -> None:
    block = shapely.box(0, 0, 220, 170)
    street = shapely.LineString([(-50, -12), (300, -12)])
    lot = lay_out(use, block, [street], rng())
    assert lot.use is use
    assert lot.housing is HOUSING.get(use)
    assert block.contains(lot.plot)
    assert bool(lot.houses) != (use in OPEN)
    assert all(lot.plot.contains(house.footprint) for house in lot.houses)
    if lot.walled and use in HOUSING:
        assert lot.gates
        assert all(lot.plot.exterior.distance(gate) < 0.01 for gate in lot.gates)
        assert lot.wall().length < lot.plot.exterior.length
    assert (use in OPEN) <= bool(lot.extras)


def test_the_number_of_gates_can_be_fixed() -> None:
    lot = lay_out(Use.SLAB, shapely.box(0, 0, 500, 400), [shapely.LineString([(-50, -12), (600, -12)])], rng(), gates=4)
    assert len(lot.gates) == 4
    assert min(a.distance(b) for i, a in enumerate(lot.gates) for b in lot.gates[:i]) > 90


def test_polygons_of_drops_lines_and_slivers() -> None:
    mixed = shapely.GeometryCollection([SQUARE, shapely.LineString([(0, 0), (1, 1)]), shapely.box(0, 0, 1, 1)])
    assert polygons_of(mixed) == [SQUARE]


# --- names and doors --------------------------------------------------------------------------------------------------
def test_names_are_never_given_twice() -> None:
    namer = Namer(rng())
    names = [namer.estate(kind) for _ in range(80) for kind in CompoundKind] + [namer.street(14.0) for _ in range(400)]
    names += [namer.works() for _ in range(50)] + [namer.place() for _ in range(300)]
    assert len(set(names)) == len(names)


def test_a_claimed_name_is_taken() -> None:
    namer, other = Namer(rng(5)), Namer(rng(5))
    first = other.street(14.0)
    namer.claim(first)
    assert namer.street(14.0) != first


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (57, "五十七"), (99, "九十九"), (100, "100")],
)
def test_chinese_numbers(number: int, text: str) -> None:
    assert chinese_number(number) == text


def test_doors_of_an_east_west_street_count_from_the_east_with_the_odd_ones_north() -> None:
    street = Street("爱民大街", GroundKind.ROAD_ARTERIAL, shapely.LineString([(0, 0), (600, 0)]))
    book = DoorBook()
    assert book.number(street, shapely.Point(598, 20)) == 1
    assert book.number(street, shapely.Point(598, -20)) == 2
    assert book.number(street, shapely.Point(590, 20)) == 3
    assert book.number(street, shapely.Point(2, -20)) == 200


def test_doors_of_a_north_south_street_count_from_the_north_with_the_odd_ones_west() -> None:
    street = Street("解放路", GroundKind.ROAD_ARTERIAL, shapely.LineString([(0, 0), (0, 600)]))
    book = DoorBook()
    assert book.number(street, shapely.Point(-20, 598)) == 1
    assert book.number(street, shapely.Point(20, 598)) == 2


def test_no_door_number_is_given_twice() -> None:
    street = Street("文庙街", GroundKind.ROAD_LOCAL, shapely.LineString([(0, 0), (60, 0)]))
    book = DoorBook()
    numbers = [book.number(street, shapely.Point(30, 10)) for _ in range(20)]
    assert len(set(numbers)) == 20
    assert {number % 2 for number in numbers} == {1}
