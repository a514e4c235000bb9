"""Every broken or odd file of the shared collection: refused by name, or read with the repair listed."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import numpy as np
import pytest
import shapely
from defusedxml import ElementTree

from importers import readers
from importers.conversion import converted
from importers.datum import resolve
from importers.readers.csv import reader as csv_reader
from importers.records import Record, RefusedError, Weight
from tests.shared import DATA, shared_data

CASES = sorted((DATA / "malformed" / "chrieke" / "examples").glob("*/*.geojson"))

# What must be said of each file that is not simply right. "=": of the file; else of its first row.
SAID = {
    "invalid_exterior_not_ccw": "ring_direction",
    "invalid_incorrect_geometry_data_type": "coordinate_not_number",
    "invalid_interior_not_cw": "ring_direction",
    "invalid_less_three_unique_nodes": "ring_too_short",
    "invalid_unclosed": "ring_closed",
    "invalid_feature_geometry_is_string": "geometry_not_object",
    "invalid_feature_id_type": "id_ignored",
    "invalid_feature_no_properties": "properties_missing",
    "invalid_feature_properties_is_array": "properties_not_object",
    "invalid_feature_properties_is_int": "properties_not_object",
    "invalid_feature_wrong_geometry_key": "geometry_missing",
    "invalid_featurecollection_feature_nullfeature": "feature_not_feature",
    "invalid_featurecollection_features_is_object": "=features_not_array",
    "invalid_featurecollection_no_features_member": "=features_missing",
    "invalid_featurecollection_nulltype": "=geojson_type_unknown",
    "invalid_featurecollection_type_lowercase": "=geojson_type_unknown",
    "invalid_featurecollection_unknown_type": "=geojson_type_unknown",
    "invalid_geometry_bbox_not4or6": "bbox_ignored",
    "invalid_geometry_bbox_not_list": "bbox_ignored",
    "invalid_geometry_bbox_not_numbers": "bbox_ignored",
    "invalid_geometry_coordinates_1d": "coordinates_depth",
    "invalid_geometry_coordinates_empty_position": "position_too_short",
    "invalid_geometry_coordinates_missing": "coordinates_missing",
    "invalid_geometry_coordinates_string": "coordinate_not_number",
    "invalid_geometry_depth_deep_point": "position_too_short",
    "invalid_geometry_depth_deep_polygon": "position_too_short",
    "invalid_geometry_depth_shallow_linestring": "coordinates_depth",
    "invalid_geometry_depth_shallow_multipolygon": "coordinates_depth",
    "invalid_geometry_depth_shallow_polygon": "coordinates_depth",
    "invalid_geometry_geometrycollection_null_geometry": "geometry_not_object",
    "invalid_geometry_mislabeled_point": "coordinates_depth",
    "invalid_geometry_missing_type": "=geojson_type_unknown",
    "invalid_geometry_wrong_geometry_type": "=geojson_type_unknown",
    "problematic_3d_coordinates": "heights_dropped",
    "problematic_4d_coordinates": "extra_dimensions_dropped",
    "problematic_crosses_antimeridian": "crosses_antimeridian",
    "problematic_duplicate_nodes": "repeated_points_removed",
    "problematic_inner_and_exterior_ring_intersect": "made_valid",
    "problematic_outside_lat_lon_boundaries": "outside_the_world",
    "problematic_self_intersection_large": "made_valid",
    "problematic_self_intersection_small": "made_valid",
    "problematic_wrong_bbox_coordinate_order": "bbox_ignored",
    "problematic_zero_length_linestring": "geometry_unusable",
    "problematic_geometrycollection_single": "collection_unwrapped",
    "problematic_nested_geometrycollection": "collection_flattened",
}
# Odd to somebody, but right here: nothing needs saying.
SILENT = {
    "problematic_excessive_coordinate_precision", "problematic_excessive_vertices", "problematic_feature_null_geometry",
    "problematic_holes", "problematic_multitype_geometry_with_just_one_geometry", "problematic_crs_defined",
    "problematic_geometry_not_wrapped",
}  # fmt: skip


def read(path: Path) -> list[Record]:
    room = readers.choose(path)
    layer = room.describe(path).layers[0]
    raw = list(room.read(path))
    points = np.concatenate(
        [shapely.get_coordinates(shapely.from_wkb(row.wkb)) for row in raw if row.wkb] or [np.empty((0, 2))]
    )
    return list(converted(iter(raw), resolve(layer, points)))


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_a_broken_file_is_refused_or_its_repair_listed(path: Path) -> None:
    wanted = SAID.get(path.stem, "")
    try:
        rows = read(path)
    except RefusedError as refusal:
        assert f"={refusal.code}" == wanted or refusal.code == "crs_needed"
        return
    said = {reason.code for row in rows for reason in row.reasons}
    assert wanted in said or (not wanted and (path.parent.name == "valid" or path.stem in SILENT)), said
    for row in rows:
        assert row.wkb is None or (not row.refused and shapely.is_valid(shapely.from_wkb(row.wkb)))


def test_the_whole_collection_is_here() -> None:
    shared_data("malformed", "chrieke")
    assert len(CASES) == 74
    assert {path.stem for path in CASES if path.parent.name != "valid"} == set(SAID) | SILENT


def test_every_geometry_of_the_jts_collection_comes_through_or_is_refused_by_name(tmp_path: Path) -> None:
    """All WKT and WKB of the validity and robustness cases as one CSV: what is kept is valid and in range."""
    shapes = [text for path in sorted(shared_data("malformed", "jts").rglob("*.xml")) for text in _shapes(path)]
    table = tmp_path / "cases.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "wkt"])
        writer.writerows(enumerate(shapes))
    rows = list(
        converted(csv_reader.read(table), resolve(csv_reader.describe(table).layers[0], np.array([[0.0, 0.0]])))
    )
    assert len(rows) == len(shapes) > 900
    for row in rows:
        if row.wkb is None:
            continue
        assert shapely.is_valid(shapely.from_wkb(row.wkb)), row.row
        assert not row.refused
    silent = [
        row.row for row in rows if row.wkb is None and not row.reasons and "EMPTY" not in shapes[row.row - 2].upper()
    ]
    assert not silent
    assert any(reason.weight is Weight.REPAIRED for row in rows for reason in row.reasons)


def _shapes(path: Path) -> list[str]:
    root = ElementTree.fromstring(path.read_text("utf-8"))
    texts = ["".join(element.itertext()).strip() for tag in ("a", "b") for element in root.iter(tag)]
    return [_as_wkt(" ".join(text.split())) for text in texts if text]


def _as_wkt(text: str) -> str:
    if not re.fullmatch(r"[0-9A-Fa-f ]+", text):
        return text
    return str(shapely.to_wkt(shapely.from_wkb(text.replace(" ", ""), on_invalid="ignore"), rounding_precision=-1))
