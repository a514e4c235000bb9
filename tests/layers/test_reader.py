"""Every tile set as a reader that is not ours sees it: the format, sound shapes, seams, and nothing of a person."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from shapely.geometry import LinearRing, shape
from shapely.ops import unary_union

from gridmap.territory.models import Grid
from layers import tiles
from layers.cuts.cut import EXTENT, Address
from layers.revisions import tile_sets
from tests.cast import COMMUNITIES, centre_of
from tests.layers.places import Layers, address_of, decode, furnish

SETS = sorted(tile_sets())
ZOOMS = (6, 10, 12, 14, 15, 16, 18)
#: Attributes that tiles may have; a new one is added here by whoever has asked whether it tells of a person.
TOLD = {
    "block": {"k", "n"}, "green": {"k", "n"}, "square": {"k", "n"}, "water": {"k", "n"}, "river": {"n"}, "wall": {"k"},
    "rail": {"n"}, "road": {"c", "n"}, "building": {"id", "k", "l", "d"}, "region": {"id", "lv", "n"},
    "compound": {"id", "n", "k"}, "grid": {"id", "no", "hh", "k"}, "care": {"id", "n", "hi", "ke"},
}  # fmt: skip
#: What no attribute of any layer may be called or hold.
PERSONAL = ("phone", "id_number", "birth", "resident_name", "holder")


@pytest.fixture
def furnished(grids: list[Grid]) -> None:
    for grid in grids[::4]:
        furnish(grid.community)


def layers_at(name: str, z: int) -> Iterator[tuple[Address, Layers]]:
    """The tile over the middle of the chessboard and its three neighbours to the east and the south."""
    z, x, y = address_of(centre_of(COMMUNITIES[0]), z)
    for address in (Address(z, x + dx, y + dy) for dx in (0, 1) for dy in (0, 1)):
        if address.exists and (data := tiles.draw(name, address, [""])):
            yield address, decode(data)


def features(layers: Layers) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, layer in layers.items():
        for feature in layer["features"]:
            yield name, feature


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("z", ZOOMS)
def test_format_rings_and_attributes(furnished: None, name: str, z: int) -> None:
    for address, layers in layers_at(name, z):
        for layer in layers.values():
            assert (layer["extent"], layer["version"]) == (EXTENT, 2)
        for layer_name, feature in features(layers):
            what = shape(feature["geometry"])
            assert not what.is_empty and what.is_valid, (address, layer_name, feature)
            for polygon in getattr(what, "geoms", [what]):
                if polygon.geom_type == "Polygon":
                    assert LinearRing(polygon.exterior.coords).is_simple
                    assert polygon.area > 0
            told = set(feature["properties"])
            assert not any(word in attribute for attribute in told for word in PERSONAL)
            if layer_name in TOLD:
                assert told <= TOLD[layer_name], (layer_name, told)


def test_the_sets_of_the_catalogue_have_something_to_read(furnished: None) -> None:
    for name in ("ground", "areas", "things"):
        assert any(layers for z in ZOOMS for _address, layers in layers_at(name, z)), name


@pytest.mark.parametrize("z", [14, 15, 16])
def test_a_grid_that_lies_in_two_tiles_meets_itself_at_the_seam(furnished: None, z: int) -> None:
    """In the metres of the pyramid, pieces of one grid from neighbouring tiles overlap or touch, and make one piece."""
    pieces: dict[str, list[Any]] = {}
    for address, layers in layers_at("areas", z):
        for _layer, feature in features({"grid": layers["grid"]} if "grid" in layers else {}):
            placed = _in_pixels(shape(feature["geometry"]), address)
            pieces.setdefault(feature["properties"]["id"], []).append(placed)
    divided = {code: some for code, some in pieces.items() if len(some) > 1}
    assert divided or z < 15
    for code, some in divided.items():
        assert unary_union([one.buffer(0.51) for one in some]).geom_type == "Polygon", code


def test_a_road_goes_on_at_the_same_height_in_the_next_tile(furnished: None) -> None:
    z, x, y = address_of(Point(centre_of(COMMUNITIES[0]).x, centre_of(COMMUNITIES[0]).y), 15)
    heights: list[set[float]] = []
    for dx in (0, 1):
        layers = decode(tiles.draw("ground", Address(z, x + dx, y), [""]))
        lines = [shape(feature["geometry"]) for name, feature in features(layers) if name == "road"]
        edge = EXTENT if dx == 0 else 0
        heights.append({round(point[1]) for line in lines for point in _crossing(line, edge)})
    assert heights[0] & heights[1]


def _in_pixels(what: Any, address: Address) -> Any:
    from shapely.affinity import translate

    return translate(what, address.x * EXTENT, address.y * EXTENT)


def _crossing(line: Any, edge: int) -> list[tuple[float, float]]:
    crossing = line.intersection(LinearRing([(edge, -EXTENT), (edge, 2 * EXTENT), (edge + 0.01, 2 * EXTENT)]))
    return [point.coords[0] for point in getattr(crossing, "geoms", [crossing]) if not point.is_empty]
