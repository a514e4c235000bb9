from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridmap.geometry.datum import Datum, shift
from importers.datum import Placing, resolve, system_of
from importers.records import CrsSource, Layer, RefusedError
from tests.importers import files
from tests.shared import shared_data


def layer(crs: str = "EPSG:4326", source: CrsSource = CrsSource.DEFAULT, columns: tuple[str, ...] = ()) -> Layer:
    return Layer("rows", columns, 1, "", crs, source)


def blocks(count: int = 40) -> list[shapely.Polygon]:
    return [files.square(121.47 + 0.003 * (index % 8), 31.23 + 0.003 * (index // 8), 0.0012) for index in range(count)]


def corners(shapes: list[shapely.Polygon], datum: Datum) -> Any:
    return shift(np.concatenate([shapely.get_coordinates(shape) for shape in shapes]), Datum.WGS84, datum)


@pytest.mark.parametrize("datum", list(Datum))
def test_the_datum_is_the_one_that_fits_what_is_there(datum: Datum) -> None:
    placing = resolve(layer(), corners(blocks(), datum), blocks())
    assert (placing.system, placing.reason) == (datum.value, "fits_layers_there")
    assert dict(placing.scores)[datum.value] == max(score for _name, score in placing.scores)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(list(Datum)), st.floats(80, 130), st.floats(20, 45), st.floats(-5e-5, 5e-5), st.floats(-5e-5, 5e-5)
)
def test_a_survey_error_of_some_metres_does_not_change_the_answer(
    datum: Datum, west: float, south: float, dx: float, dy: float
) -> None:
    there = [files.square(west + 0.004 * (n % 6), south + 0.004 * (n // 6), 0.0015) for n in range(24)]
    here = [shapely.transform(shape, lambda points: points + np.array([dx, dy])) for shape in there]
    assert resolve(layer(), corners(here, datum), there).system == datum.value


def test_without_anything_to_compare_the_default_is_kept_and_said() -> None:
    assert resolve(layer(), corners(blocks(), Datum.GCJ02)).reason == "nothing_to_compare_with"
    far = [files.square(113.0, 23.0)]
    assert resolve(layer(), corners(blocks(), Datum.GCJ02), far).reason == "nothing_to_compare_with"


def test_a_reference_that_tells_nothing_apart_leaves_it_undecided() -> None:
    placing = resolve(layer(), corners(blocks(), Datum.GCJ02), [shapely.box(121, 31, 122, 32)])
    assert (placing.system, placing.reason) == ("wgs84", "undecided")
    assert len(placing.scores) == 3


def test_outside_china_nothing_is_shifted() -> None:
    placing = resolve(layer(), np.array([[24.9, 60.2], [25.0, 60.3]]), [shapely.box(24, 60, 26, 61)])
    assert (placing.system, placing.reason) == ("wgs84", "outside_china")


def test_column_names_that_name_a_datum_are_believed() -> None:
    placing = resolve(layer(columns=("gcj02_lon", "gcj02_lat")), corners(blocks(), Datum.WGS84), blocks())
    assert (placing.system, placing.reason) == ("gcj02", "named_in_columns")


def test_a_choice_beats_everything() -> None:
    placing = resolve(layer("EPSG:4326", CrsSource.STATED), corners(blocks(), Datum.GCJ02), blocks(), chosen="bd09")
    assert (placing.system, placing.reason) == ("bd09", "chosen")


@pytest.mark.parametrize(
    ("stated", "easting", "wanted", "reason"),
    [
        ("EPSG:4528", 40_386_678.5, "EPSG:4528", "stated"),
        ("EPSG:4528", 386_678.5, "EPSG:4549", "zone_prefix_does_not_fit"),
        ("EPSG:4549", 40_386_678.5, "EPSG:4528", "zone_prefix_does_not_fit"),
        ("EPSG:4549", 386_678.5, "EPSG:4549", "stated"),
        ("EPSG:4498", 386_678.5, "EPSG:4509", "zone_prefix_does_not_fit"),
    ],
)
def test_a_zone_prefix_is_added_or_dropped_as_the_numbers_ask(
    stated: str, easting: float, wanted: str, reason: str
) -> None:
    placing = resolve(layer(stated, CrsSource.STATED), np.array([[easting, 3_549_000.0]]))
    assert (placing.system, placing.reason) == (wanted, reason)


def test_numbers_that_cannot_be_degrees_are_not_taken_for_degrees() -> None:
    prefixed = np.array([[40_386_678.5, 3_549_000.0]] * 3)
    assert resolve(layer(), prefixed) == Placing("EPSG:4528", "zone_prefix")
    with pytest.raises(RefusedError) as refusal:
        resolve(layer(), np.array([[981_507.0, 200_956.0]]))
    assert refusal.value.code == "crs_needed"
    stated = resolve(layer("EPSG:4490", CrsSource.STATED), prefixed)
    assert (stated.system, stated.reason) == ("EPSG:4528", "stated_system_does_not_fit")


def test_latitude_first_is_noticed_and_turned() -> None:
    placing = resolve(layer(), corners(blocks(), Datum.GCJ02)[:, ::-1], blocks())
    assert placing.swapped
    assert placing.system == "gcj02"


@pytest.mark.parametrize(
    "name", ["EPSG:999999", "EPSG:x", "+proj=merc", "GEOGCS[", "", "file:///etc/passwd", "EPSG:-1"]
)
def test_a_system_that_cannot_be_read_is_refused(name: str) -> None:
    with pytest.raises(RefusedError) as refusal:
        system_of(name)
    assert refusal.value.code == "crs_unknown"


def test_shenzhen_communities_are_recognised_as_gcj02() -> None:
    from importers.readers.geojson import reader

    moved = shared_data("shenzhen", "shenzhen-communities.geojson")
    true = shared_data("shenzhen", "shenzhen_communities_wgs84.geojson")
    there = [shape for shape in shapely.from_wkb([record.wkb for record in reader.read(true)]) if shape is not None]
    here = shapely.from_wkb([record.wkb for record in reader.read(moved)])
    placing = resolve(reader.describe(moved).layers[0], shapely.get_coordinates(here)[::7], there)
    assert (placing.system, placing.reason) == ("gcj02", "fits_layers_there")


def test_a_placing_survives_the_way_to_the_reading_process() -> None:
    placing = Placing("gcj02", "fits_layers_there", (("gcj02", 1.5), ("wgs84", 0.2)), swapped=True)
    assert Placing.from_json(placing.as_json()) == placing
