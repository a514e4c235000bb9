"""The ground of real places: housing blocks as points, census units, and a dense district with a river."""

import numpy as np
import pyogrio
import pytest
import shapely

from gridmap.geometry.repair import repair
from gridmap.partition.smoothing import finished_shapes
from gridmap.partition.units import Barrier, Unit
from tests.gridmap.partition.plots import Town, cut_houses, every_cell, home_of, lumped, tiles
from tests.shared import shared_data


def read(path: str, layer: str | None, columns: list[str]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    meta, _, shapes, values = pyogrio.raw.read(path, layer=layer, columns=columns)
    return shapely.from_wkb(shapes), dict(zip(meta["fields"], values, strict=True))


def hdb_subzones() -> dict[str, Town]:
    """The largest part of each subzone with its blocks."""
    zones, names = read(str(shared_data("hdb", "subzones_2019.geojson")), None, ["SUBZONE_C"])
    blocks, fields = read(str(shared_data("hdb", "blocks.gpkg")), None, ["SUBZONE_C", "total_dwelling_units"])
    towns = {}
    for code in sorted(set(fields["SUBZONE_C"])):
        shape = repair(zones[list(names["SUBZONE_C"]).index(code)]).geom
        part = max(shapely.get_parts(shape), key=shapely.area)
        mine = [i for i in np.flatnonzero(fields["SUBZONE_C"] == code) if shapely.intersects(part, blocks[i])]
        towns[code] = Town(part, [Unit(str(i), blocks[i], int(fields["total_dwelling_units"][i])) for i in mine])
    return towns


def test_every_housing_block_lies_in_its_own_cell() -> None:
    count = 0
    for town in hdb_subzones().values():
        laid = town.laid().ground
        cells, home = every_cell(laid), home_of(laid)
        for index, unit in enumerate(town.units):
            assert shapely.intersects(cells[home[index]], unit.shape), unit.ref
            count += 1
    assert count > 6900


@pytest.mark.parametrize("code", ["BPSZ01", "YSSZ05"])
def test_grids_of_subzones_that_bend_hold_their_blocks(code: str) -> None:
    town = hdb_subzones()[code]
    laid = town.laid()
    labels = lumped(laid.graph, np.random.default_rng(0), 4)
    smooth, home = finished_shapes(laid.ground, labels), home_of(laid.ground)
    tiles(smooth, town.community)
    for index, unit in enumerate(town.units):
        assert shapely.intersects(smooth[labels[home[index]]], unit.shape), unit.ref


def test_census_units_are_neither_cut_nor_moved() -> None:
    shapes, fields = read(str(shared_data("basic_units", "a.gpkg")), None, ["TOWN_ID", "H_CNT"])
    mine = np.flatnonzero(fields["TOWN_ID"] == "63000090")
    units = [Unit(str(index), shapes[index], int(np.nan_to_num(fields["H_CNT"][index]))) for index in mine]
    (district,) = shapely.get_parts(shapely.coverage_union_all(shapes[mine]))
    laid = Town(district, units).laid()
    labels = lumped(laid.graph, np.random.default_rng(0), 8)
    smooth, home = finished_shapes(laid.ground, labels), home_of(laid.ground)
    tiles(smooth, district)
    assert len(laid.graph) == len(units)
    for index, unit in enumerate(units):
        assert shapely.difference(unit.shape, smooth[labels[home[index]]]).area < 1e-3 * unit.shape.area


def test_a_dense_district_is_smoothed_around_its_houses() -> None:
    path = str(shared_data("lujiazui", "lujiazui_osm.gpkg"))
    houses, _ = read(path, "buildings", ["kind"])
    roads, kinds = read(path, "roads", ["kind_detail"])
    water, _ = read(path, "water", ["kind"])
    community = shapely.box(121.4815, 31.2285, 121.4965, 31.244)
    units = [Unit(str(index), shape, 20) for index, shape in enumerate(houses) if shapely.covers(community, shape)]
    kind = kinds["kind_detail"]
    barriers = [Barrier(shape, 2.0, "river") for shape in water]
    barriers += [Barrier(roads[i]) for i in np.flatnonzero(np.isin(kind, ["primary", "secondary", "trunk"]))]
    streets = [roads[i] for i in np.flatnonzero(np.isin(kind, ["tertiary", "residential"]))]
    town = Town(community, units, streets, barriers)
    laid = town.laid()
    labels = lumped(laid.graph, np.random.default_rng(0), 12)
    exact = finished_shapes(laid.ground, np.arange(len(laid.graph)))
    smooth, home = finished_shapes(laid.ground, labels), home_of(laid.ground)
    tiles(smooth, community)
    shapes = np.array([unit.shape for unit in units], dtype=object)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    stacked = set(first[(first != second) & (shapely.area(shapely.intersection(shapes[first], shapes[second])) > 0)])
    assert cut_houses(units, smooth) - stacked <= cut_houses(units, exact)
    for index in set(range(len(units))) - stacked:
        middle = shapely.point_on_surface(units[index].shape)
        assert shapely.intersects(smooth[labels[home[index]]], middle)
