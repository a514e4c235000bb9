"""Real places: public housing as points, census units that tile, and a dense district with a river."""

from collections import Counter

import numpy as np
import pyogrio
import pytest
import shapely
from shapely import affinity
from shapely.geometry.base import BaseGeometry

from gridmap.geometry.repair import repair
from gridmap.partition import QUICK, Barrier, Unit, draw_community
from tests.gridmap.partition.board import RULE, codes, keeps_its_promises
from tests.shared import shared_data


def read(path: str, layer: str | None, columns: list[str]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    meta, _, shapes, values = pyogrio.raw.read(path, layer=layer, columns=columns)
    return shapely.from_wkb(shapes), dict(zip(meta["fields"], values, strict=True))


@pytest.mark.parametrize("rank", [0, 1, 20, 60, 110])
def test_hdb_subzones_from_the_largest_to_small_ones(rank: int) -> None:
    zones, names = read(str(shared_data("hdb", "subzones_2019.geojson")), None, ["SUBZONE_C"])
    blocks, fields = read(str(shared_data("hdb", "blocks.gpkg")), None, ["SUBZONE_C", "total_dwelling_units"])
    subzone = Counter(fields["SUBZONE_C"]).most_common()[rank][0]
    zone = repair(zones[list(names["SUBZONE_C"]).index(subzone)]).geom
    mine = np.flatnonzero(fields["SUBZONE_C"] == subzone)
    units = [Unit(str(index), blocks[index], int(fields["total_dwelling_units"][index])) for index in mine]
    drawing = draw_community(zone, units, rule=RULE, effort=QUICK)
    keeps_its_promises(drawing, zone, units)
    assert drawing.figures["within_20"] > (0.9 if len(units) > 100 else 0.0)
    told = sum(bool(grid.findings) for grid in drawing.grids)
    assert told == drawing.figures["outside_band"]


def test_a_district_of_census_units_that_touch_everywhere() -> None:
    shapes, fields = read(str(shared_data("basic_units", "a.gpkg")), None, ["TOWN_ID", "H_CNT"])
    mine = np.flatnonzero(fields["TOWN_ID"] == "63000090")
    loads = np.nan_to_num(fields["H_CNT"]).astype(int)
    units = [Unit(str(index), shapes[index], int(loads[index])) for index in mine]
    district = shapely.coverage_union_all(shapes[mine])
    drawing = draw_community(district, units, rule=RULE, effort=QUICK)
    keeps_its_promises(drawing, district, units)
    assert drawing.figures["within_20"] > 0.93
    large = [unit.ref for unit in units if unit.households > RULE.maximum]
    named = [str(f.params["unit"]) for grid in drawing.grids for f in grid.findings if f.code == "unit_above_maximum"]
    assert sorted(named) == sorted(large)
    home = {ref: grid.polygon for grid in drawing.grids for ref in grid.units}
    for unit in units[::10]:
        # A smooth border may run along a wall, at most 5 cm inside.
        assert shapely.difference(unit.shape, home[unit.ref]).area < 1e-3 * unit.shape.area


def test_lujiazui_with_its_river_and_main_roads() -> None:
    path = str(shared_data("lujiazui", "lujiazui_osm.gpkg"))
    houses, _ = read(path, "buildings", ["kind"])
    roads, kinds = read(path, "roads", ["kind_detail"])
    water, _ = read(path, "water", ["kind"])
    community = shapely.box(121.4815, 31.2285, 121.4965, 31.244)
    near = [shape for shape in houses if shapely.covers(community, shape)]
    loads = np.random.default_rng(0).integers(0, 40, len(near))
    units = [Unit(str(index), shape, int(loads[index])) for index, shape in enumerate(near)]
    main = {"primary", "secondary", "trunk"}
    barriers = [Barrier(shape, 2.0, "river") for shape in water]
    barriers += [Barrier(roads[i], 1.0, "road") for i, kind in enumerate(kinds["kind_detail"]) if kind in main]
    streets = [roads[i] for i, kind in enumerate(kinds["kind_detail"]) if kind in {"tertiary", "residential"}]
    drawing = draw_community(community, units, streets=streets, barriers=barriers, rule=RULE, effort=QUICK)
    keeps_its_promises(drawing, community, units)
    assert len(units) > 300
    assert drawing.figures["within_20"] > 0.9
    assert sliced(units, [grid.polygon for grid in drawing.grids]) == set()
    assert "outside_band" not in codes(drawing) or drawing.figures["outside_band"] < 4


@pytest.mark.parametrize("index", [0, 1, 38, 90, 102, 191])
def test_shenzhen_communities_with_houses_across_their_borders(index: int) -> None:
    shapes, _ = read(str(shared_data("shenzhen", "shenzhen_communities_wgs84.geojson")), None, [])
    community = repair(shapes[index]).geom
    random = np.random.default_rng(index)
    west, south, east, north = community.bounds
    places = random.uniform((west, south), (east, north), (150, 2))
    near = places[shapely.dwithin(community, shapely.points(places), 0.0003)]
    houses = [
        affinity.rotate(shapely.box(x, y, x + random.uniform(1e-4, 6e-4), y + 2e-4), random.uniform(0, 90))
        for x, y in near
    ]
    units = [Unit(str(i), house, int(random.integers(0, 120))) for i, house in enumerate(houses)]
    streets = [shapely.LineString(random.uniform((west, south), (east, north), (3, 2))) for _ in range(5)]
    # A street drawn along the border, as community borders often follow roads.
    streets.append(shapely.LineString(shapely.get_parts(community)[0].exterior))
    drawing = draw_community(community, units, streets=streets, rule=RULE, effort=QUICK)
    keeps_its_promises(drawing, community, units)


def sliced(units: list[Unit], grids: list[BaseGeometry]) -> set[str]:
    """Buildings that a border cuts, by more than 5 cm, although no other building stands on the same ground."""
    shapes = np.array([unit.shape for unit in units], dtype=object)
    inner = shapely.buffer(shapes, -6e-7)
    cut, _ = shapely.STRtree(shapely.boundary(grids)).query(inner, predicate="intersects")
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    stacked = first[(first != second) & (shapely.area(shapely.intersection(shapes[first], shapes[second])) > 1e-12)]
    return {units[index].ref for index in set(cut.tolist()) - set(stacked.tolist())}
