"""Communities from any vector file, and what is said of a file that cannot serve."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from shapely.geometry import box, mapping

from bench.grids.files import Fields, UnreadableFileError, from_file
from tests.shared import shared_data

EAST, NORTH = (118.0, 118.001, 118.002, 118.003, 118.004), (32.0, 32.001, 32.002)
SQUARES = [box(EAST[i % 4], NORTH[i // 4], EAST[i % 4 + 1], NORTH[i // 4 + 1]) for i in range(8)]


def geojson(path: Path, rows: list[dict[str, Any]], shapes: list[Any] = SQUARES) -> Path:
    features = [
        {"type": "Feature", "properties": row, "geometry": mapping(shape)}
        for row, shape in zip(rows, shapes, strict=False)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def plain_rows() -> list[dict[str, Any]]:
    return [{"households": 10 + i, "community": "ab"[i // 4], "estate": "e" if i < 2 else None} for i in range(8)]


def test_fields_are_guessed_and_units_that_tile_are_the_community(tmp_path: Path) -> None:
    first, second = from_file(geojson(tmp_path / "a.geojson", plain_rows()), Fields())
    assert (first.name, second.name) == ("a/0", "b/0")
    assert [unit.households for unit in first.units] == [10, 11, 12, 13]
    assert [unit.compound for unit in first.units] == ["e", "e", None, None]
    assert first.shape.equals(shapely.union_all(SQUARES[:4]))


def test_fields_can_be_named(tmp_path: Path) -> None:
    rows = [{"n": 5, "where": 7, "block": f"k{i}"} for i in range(8)]
    found = list(from_file(geojson(tmp_path / "a.geojson", rows), Fields("n", "where", "block")))
    assert [community.name for community in found] == ["7/0"]
    assert [unit.compound for unit in found[0].units] == [f"k{i}" for i in range(8)]


def test_parts_that_do_not_touch_are_communities_of_their_own(tmp_path: Path) -> None:
    rows = [{"households": 5, "community": "a"} for _ in range(3)]
    found = list(from_file(geojson(tmp_path / "a.geojson", rows, [SQUARES[0], SQUARES[1], SQUARES[3]]), Fields()))
    assert [len(community.units) for community in found] == [2, 1]


def test_another_coordinate_system_becomes_degrees(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    shapes = [box(13_135_700.0 + 100.0 * i, 3_763_000.0, 13_135_800.0 + 100.0 * i, 3_763_100.0) for i in range(2)]
    pyogrio.raw.write(
        path,
        np.array(shapely.to_wkb(shapes), dtype=object),
        [np.array([3, 4]), np.array(["a", "a"], dtype=object)],
        ["households", "community"],
        geometry_type="Polygon",
        crs="EPSG:3857",
        driver="GPKG",
    )
    (found,) = from_file(path, Fields())
    assert found.shape.bounds == pytest.approx((118.0, 31.99, 118.0, 31.99), abs=0.02)


def test_points_lie_in_their_hull(tmp_path: Path) -> None:
    points = [shape.centroid for shape in SQUARES]
    (found,) = from_file(geojson(tmp_path / "a.geojson", [{"households": 5, "community": "a"}] * 8, points), Fields())
    assert shapely.covers(found.shape, points).all()


@pytest.mark.parametrize(
    ("rows", "fields", "words"),
    [
        ([{"people": 5, "community": "a"}], Fields(), ("--households", "people")),
        ([{"households": 5}], Fields(), ("--community", "households")),
        ([{"households": 5, "community": "a"}], Fields(households="flats"), ("flats", "--households", "community")),
        ([{"households": 5, "community": "a"}], Fields(compound="wall"), ("wall", "--compound")),
        ([{"households": "five", "community": "a"}], Fields(), ("field households", "numbers")),
        (
            [{"households": 5, "community": "a"}, {"households": -2, "community": "a"}],
            Fields(),
            ("row 2", "field households", "-2"),
        ),
    ],
)
def test_a_file_that_cannot_serve_is_refused_with_field_and_reason(
    tmp_path: Path, rows: list[dict[str, Any]], fields: Fields, words: tuple[str, ...]
) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        list(from_file(geojson(tmp_path / "mine.geojson", rows), fields))
    for word in ("mine.geojson", *words):
        assert word in str(refused.value)


def test_what_is_no_vector_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.gpkg").write_text("nothing")
    for name, words in (("a.gpkg", "not a vector file"), ("b.gpkg", "no such file")):
        with pytest.raises(UnreadableFileError, match=words):
            list(from_file(tmp_path / name, Fields()))


def test_a_row_without_a_shape_is_named(tmp_path: Path) -> None:
    path = geojson(tmp_path / "a.geojson", plain_rows())
    held = json.loads(path.read_text())
    held["features"][2]["geometry"] = None
    path.write_text(json.dumps(held))
    with pytest.raises(UnreadableFileError, match="row 3"):
        list(from_file(path, Fields()))


def test_boundaries_beside_the_points_are_found() -> None:
    found = list(from_file(shared_data("hdb", "blocks.gpkg"), Fields()))
    assert len(found) > 100
    assert sum(unit.households for community in found for unit in community.units) > 700_000
    assert all(community.shape.is_valid for community in found)
