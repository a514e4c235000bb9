"""The generated district: the figures of the reports to the unit, ground without gaps, nothing in the way."""

from collections import Counter

import numpy as np
import pytest
import shapely

from gridmap.district.plane import to_metres
from gridmap.district.records import (
    RESIDENTIAL,
    ROADS,
    Building,
    BuildingKind,
    Camera,
    CompoundKind,
    District,
    Facility,
    Geometry,
    GroundKind,
    Level,
    Region,
    StreetLamp,
)
from gridmap.district.synth import generate, open_district

WATER = {GroundKind.RIVER, GroundKind.WATER}
ORDINARY = ("西坪", "北门", "朝阳", "东升", "鼓楼", "东关", "东桥", "滨河")


def figures(town: District, name: str) -> dict[str, int]:
    buildings = town.buildings_of(town.community(name).code)
    return {
        "buildings": len(buildings),
        **{key: sum(getattr(b, key) for b in buildings) for key in ("households", "dwellings", "residents", "elders")},
    }


def square_metres(region: Region) -> float:
    return float(to_metres([region.polygon])[0].area)


def of_kinds(district: District, kinds: set[GroundKind]) -> list[Geometry]:
    return [item.geometry for item in district.ground if item.kind in kinds]


# --- the figures of the reports ---------------------------------------------------------------------------------------
def test_aimin_jiayuan_is_what_the_report_says(town: District) -> None:
    found = figures(town, "爱民佳苑")
    community = town.community("爱民佳苑")
    assert (found["buildings"], found["dwellings"], found["residents"], found["elders"]) == (88, 4046, 7067, 1168)
    assert square_metres(community) == pytest.approx(320_000, rel=0.01)
    cameras = [camera for camera in town.cameras if camera.community == community.code]
    places = Counter(camera.place for camera in cameras)
    assert places == {"大门": 4, "广场": 3, "服务中心": 1, "自行车棚": 8}
    assert len({camera.name for camera in cameras}) == 16
    assert len({camera.point.wkb for camera in cameras}) == 16


def test_most_lamps_of_aimin_jiayuan_are_dark_and_those_elsewhere_burn(town: District) -> None:
    code = town.community("爱民佳苑").code
    dark = [not lamp.lit for lamp in town.lamps if lamp.community == code]
    lit = [lamp.lit for lamp in town.lamps if lamp.community != code]
    assert len(dark) > 50
    assert np.mean(dark) > 0.7
    assert np.mean(lit) > 0.9


def test_aimin_jiayuan_is_one_walled_estate_with_four_gates(town: District) -> None:
    code = town.community("爱民佳苑").code
    estates = [compound for compound in town.compounds if compound.community == code]
    assert [estate.name for estate in estates] == ["爱民佳苑"]
    assert estates[0].walled
    assert len(estates[0].gates) == 4
    walls = [item.geometry for item in town.ground if item.kind is GroundKind.WALL and item.name == "爱民佳苑围墙"]
    assert len(walls) == 1
    for gate in estates[0].gates:
        open_m = to_metres([walls[0]])[0].distance(to_metres([gate])[0])
        assert open_m == pytest.approx(3.0, abs=0.5)


def test_guotai_has_1992_buildings_of_which_1388_are_villas(town: District) -> None:
    found = figures(town, "国泰")
    assert (found["buildings"], found["households"], found["residents"]) == (1992, 2115, 7892)
    kinds = Counter(building.kind for building in town.buildings_of(town.community("国泰").code))
    assert kinds[BuildingKind.VILLA] == 1388


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("田上", {"buildings": 8, "households": 43, "residents": 176}),
        ("塔山", {"residents": 30_560}),
        ("长滩", {"residents": 338}),
        ("陇海", {"households": 1100}),
    ],
)
def test_the_other_communities_of_the_reports(town: District, name: str, expected: dict[str, int]) -> None:
    found = figures(town, name)
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(("name", "square_km"), [("桐梓", 6.7), ("中兴", 0.1)])
def test_the_largest_and_the_smallest_by_area(town: District, name: str, square_km: float) -> None:
    assert square_metres(town.community(name)) == pytest.approx(square_km * 1e6, rel=0.01)
    areas = {region.name: square_metres(region) for region in town.communities()}
    assert town.community(name).name in (max(areas, key=areas.__getitem__), min(areas, key=areas.__getitem__))


def test_the_other_communities_are_of_ordinary_size_and_the_town_is_a_small_one(town: District) -> None:
    assert all(1000 <= figures(town, name)["households"] <= 3000 for name in ORDINARY)
    assert 12 <= len(town.communities()) <= 16
    assert 30_000 <= sum(building.households for building in town.buildings) <= 45_000


def test_some_buildings_of_tashan_are_above_any_grid(town: District) -> None:
    biggest = max(building.households for building in town.buildings_of(town.community("塔山").code))
    assert 360 < biggest <= 600


# --- regions ----------------------------------------------------------------------------------------------------------
@pytest.fixture(params=["town", "small_city"])
def district(request: pytest.FixtureRequest) -> District:
    found = request.getfixturevalue(request.param)
    assert isinstance(found, District)
    return found


def test_communities_tile_their_street_and_streets_the_county_bit_for_bit(district: District) -> None:
    assert shapely.coverage_is_valid([region.polygon for region in district.communities()])
    for level in (Level.COUNTY, Level.STREET):
        for above in (region for region in district.regions if region.level is level):
            parts = [region.polygon for region in district.regions if region.parent == above.code]
            assert shapely.coverage_is_valid(parts)
            assert shapely.coverage_union_all(parts).equals(above.polygon)
            corners = {tuple(xy) for part in parts for xy in shapely.get_coordinates(part).tolist()}
            assert {tuple(xy) for xy in shapely.get_coordinates(above.polygon).tolist()} <= corners


def test_regions_are_valid_polygons_of_one_piece_near_the_centre(district: District) -> None:
    for region in district.regions:
        assert region.polygon.geom_type == "Polygon"
        assert region.polygon.is_valid
        assert region.polygon.distance(shapely.Point(106.05, 29.85)) < 0.2


def test_codes_do_not_exist_in_reality_and_continue_their_parents(district: District) -> None:
    known = {region.code: region for region in district.regions}
    assert len(known) == len(district.regions)
    digits = {Level.PROVINCE: 2, Level.CITY: 4, Level.COUNTY: 6, Level.STREET: 9, Level.COMMUNITY: 12}
    for region in district.regions:
        assert len(region.code) == 12
        assert region.code.startswith("99")
        assert not region.code[digits[region.level] :].strip("0")
        if region.parent is not None:
            above = known[region.parent]
            assert region.code.startswith(above.code[: digits[above.level]])
    assert district.source == "generated"


def test_streets_and_communities_are_numbered_from_the_north_and_west(town: District) -> None:
    streets = [region for region in town.regions if region.level is Level.STREET]
    assert [street.code[6:9] for street in streets] == ["001", "002", "003"]
    assert streets[0].polygon.centroid.y > streets[-1].polygon.centroid.y
    old = [region for region in town.communities() if region.parent == town.community("鼓楼").parent]
    assert [region.name for region in sorted(old, key=lambda region: region.code)] == [
        region.name for region in sorted(old, key=lambda region: region.polygon.centroid.x)
    ]


# --- what stands on the ground ----------------------------------------------------------------------------------------
def test_no_building_overlaps_another(district: District) -> None:
    shapes = [building.footprint for building in district.buildings]
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert [
        (district.buildings[i].name, district.buildings[j].name) for i, j in zip(one, two, strict=True) if i < j
    ] == []


@pytest.mark.parametrize("kinds", [set(ROADS), WATER, {GroundKind.RAIL}, {GroundKind.WALL}, {GroundKind.GREEN}])
def test_no_building_stands_on_a_road_in_water_on_the_rail_or_in_a_wall(
    district: District, kinds: set[GroundKind]
) -> None:
    obstacles = of_kinds(district, kinds)
    hit, _ = shapely.STRtree(obstacles).query([b.footprint for b in district.buildings], predicate="intersects")
    assert [district.buildings[i].name for i in sorted(set(hit.tolist()))] == []


def test_every_building_stands_inside_its_community_and_its_compound(district: District) -> None:
    homes = {region.code: region.polygon for region in district.communities()}
    estates = {compound.code: compound for compound in district.compounds}
    for building in district.buildings:
        assert homes[building.community].contains(building.footprint), building.name
        if building.compound is not None:
            assert estates[building.compound].community == building.community
            assert estates[building.compound].polygon.contains(building.footprint), building.name


def test_compounds_lie_inside_their_community_and_apart(district: District) -> None:
    homes = {region.code: region.polygon for region in district.communities()}
    shapes = [compound.polygon for compound in district.compounds]
    for compound in district.compounds:
        assert compound.polygon.is_valid
        assert homes[compound.community].contains(compound.polygon), compound.name
    one, two = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert not (one < two).any()


def test_footprints_are_valid_and_as_big_as_houses(district: District) -> None:
    areas = np.array([shape.area for shape in to_metres([building.footprint for building in district.buildings])])
    assert all(building.footprint.is_valid for building in district.buildings)
    assert areas.min() > 30
    assert areas.max() < 6000


def test_ground_is_valid_and_drawn_with_few_points(district: District) -> None:
    assert [item.name for item in district.ground if not item.geometry.is_valid or item.geometry.is_empty] == []
    named = [item for item in district.ground if item.kind not in (GroundKind.RIVER, GroundKind.ROAD_LOCAL)]
    heavy = [(item.name, item.kind) for item in named if shapely.get_num_coordinates(item.geometry) > 700]
    assert heavy == []


def test_slabs_face_south(town: District) -> None:
    slabs = to_metres([b.footprint for b in town.buildings if b.kind is BuildingKind.SLAB])
    turned = []
    for slab in slabs:
        corners = shapely.get_coordinates(shapely.oriented_envelope(slab))
        sides = np.diff(corners, axis=0)
        longest = sides[np.argmax(np.linalg.norm(sides, axis=1))]
        turned.append(abs(np.degrees(np.arctan(longest[1] / longest[0]))))
    assert max(turned) < 26


def test_every_kind_of_ground_and_compound_is_there(town: District) -> None:
    assert {item.kind for item in town.ground} == set(GroundKind)
    assert {compound.kind for compound in town.compounds} == set(CompoundKind)
    assert {building.kind for building in town.buildings} == set(BuildingKind)
    assert {facility.kind for facility in town.facilities} >= {
        "health_station", "eldercare", "committee", "school", "market", "police", "park", "pharmacy",
    }  # fmt: skip
    named = {item.name for item in town.ground if item.kind is GroundKind.ROAD_ARTERIAL}
    assert {"环城西路", "爱民大街", "澄江大桥"} <= named


def test_equipment_stands_inside_its_community(district: District) -> None:
    homes = {region.code: region.polygon for region in district.communities()}
    things: list[Camera | StreetLamp | Facility] = [*district.cameras, *district.lamps, *district.facilities]
    for thing in things:
        assert homes[thing.community].contains(thing.point), thing.code
    assert all(0 <= camera.bearing_deg <= 360 and 0 < camera.angle_deg <= 120 for camera in district.cameras)
    assert {camera.status for camera in district.cameras} == {"working", "broken"}


# --- who lives there --------------------------------------------------------------------------------------------------
def test_figures_of_every_building_follow_from_each_other(district: District) -> None:
    for building in district.buildings:
        assert 0 <= building.households <= min(building.dwellings, 600), building.name
        assert building.households <= building.residents <= 7 * building.households, building.name
        assert 0 <= building.elders <= building.residents, building.name
        assert building.floors >= 1
        assert building.units >= 1
        if building.kind in RESIDENTIAL:
            assert building.dwellings >= 1, building.name
        else:
            assert building.dwellings == 0, building.name


def test_a_tenth_to_a_third_of_the_dwellings_stands_empty(district: District) -> None:
    for community in district.communities():
        buildings = district.buildings_of(community.code)
        empty = 1 - sum(b.households for b in buildings) / sum(b.dwellings for b in buildings)
        assert 0.1 <= empty <= 0.35, community.name


def test_storeys_hold_the_dwellings_and_stay_believable(district: District) -> None:
    tall = [building for building in district.buildings if building.floors > 45]
    assert tall == []
    old = [building for building in district.buildings if building.kind is BuildingKind.OLD]
    assert max(building.floors for building in old) <= 3


def test_names_codes_and_addresses_are_used_once(district: District) -> None:
    for things in (district.buildings, district.compounds, district.cameras, district.lamps, district.facilities):
        assert len({thing.code for thing in things}) == len(things)
    addresses = Counter(building.address for building in district.buildings)
    assert [address for address, count in addresses.items() if count > 1] == []
    inside = Counter((compound.community, compound.name) for compound in district.compounds)
    assert max(inside.values()) == 1


def test_an_address_runs_from_the_region_to_the_building(town: District) -> None:
    building = next(b for b in town.buildings_of(town.community("爱民佳苑").code) if b.number == "7栋")
    assert building.address.startswith("示例省示例市澄江区江南街道")
    assert building.address.endswith("号爱民佳苑7栋")
    assert building.name == "爱民佳苑7栋"


# --- seeds and sizes --------------------------------------------------------------------------------------------------
def test_the_same_seed_makes_the_same_district() -> None:
    assert generate(seed=7, households=6_000) == generate(seed=7, households=6_000)


def test_another_seed_makes_another_district_on_the_same_plan(town: District) -> None:
    regions, _, streets = open_district(seed=2)
    first = next(streets)
    same = {region.code: region for region in town.regions}
    assert regions[2] == same[regions[2].code]
    assert all(region == same[region.code] for region in first.communities)
    ours = {b.footprint.wkb for b in town.buildings if b.community.startswith(first.street.code[:9])}
    assert len(ours & {b.footprint.wkb for b in first.buildings}) < 0.01 * len(ours)


def test_a_generator_that_is_handed_in_replaces_the_seed() -> None:
    one = generate(seed=1, households=3_000, rng=np.random.default_rng(9))
    two = generate(seed=9, households=3_000)
    assert one.buildings == two.buildings


@pytest.mark.parametrize("seed", [3, 12])
def test_the_exact_figures_hold_for_other_seeds(seed: int) -> None:
    _, regions_ground, streets = open_district(seed=seed)
    *_, south = streets
    by_name = {region.name: region.code for region in south.communities}

    def of(name: str) -> list[Building]:
        return [building for building in south.buildings if building.community == by_name[name]]

    obstacles = [g.geometry for g in south.ground if g.kind in ROADS or g.kind in WATER or g.kind is GroundKind.WALL]
    hit, _ = shapely.STRtree(obstacles).query([b.footprint for b in south.buildings], predicate="intersects")
    assert not len(hit)
    assert all(item.geometry.is_valid for item in (*south.ground, *regions_ground))
    assert len(of("爱民佳苑社区")) == 88
    assert len(of("国泰社区")) == 1992
    assert sum(b.kind is BuildingKind.VILLA for b in of("国泰社区")) == 1388
    assert len(of("田上社区")) == 8
    assert sum(building.residents for building in of("长滩社区")) == 338
    assert sum(building.residents for building in of("塔山社区")) == 30_560
    assert sum(camera.community == by_name["爱民佳苑社区"] for camera in south.cameras) == 16


def test_a_city_has_the_households_that_were_asked_for(small_city: District) -> None:
    assert sum(building.households for building in small_city.buildings) == 24_000
    sizes = Counter[str]()
    for building in small_city.buildings:
        sizes[building.community] += building.households
    assert len(sizes) >= 10
    assert all(800 <= households <= 4200 for households in sizes.values())


@pytest.mark.parametrize("households", [0, -5, 2_999, 1_500_001])
def test_a_size_out_of_range_is_refused(households: int) -> None:
    with pytest.raises(ValueError, match="households must lie between"):
        generate(seed=1, households=households)
