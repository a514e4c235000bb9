"""Row counts and facts of the shared data's own description, read in the locked-down process."""

from collections import Counter
from functools import cache

import pytest
import shapely

from importers import readers, sandbox
from importers.datum import Placing, resolve
from importers.records import Record
from tests.shared import shared_data

COUNTS = [
    (("hdb", "blocks.gpkg"), None, 7010),
    (("hdb", "subzones_2019.geojson"), None, 332),
    (("hdb", "subzones_2014.kml"), None, 323),
    (("elderly", "EldercareServices.geojson"), None, 133),
    (("elderly", "singapore_clinic_pois.csv"), None, 420),
    (("basic_units", "a.gpkg"), "base", 11490),
    (("basic_units", "b.gpkg"), "base", 17387),
    (("pluto", "PlutoClipLM.shp"), None, 982),
    (("shenzhen", "shenzhen-communities.geojson"), None, 241),
    (("shenzhen", "shenzhen_communities_wgs84.geojson"), None, 241),
    (("lujiazui", "lujiazui_osm.gpkg"), "buildings", 1450),
    (("lujiazui", "lujiazui_osm.gpkg"), "roads", 1094),
    (("osm", "liechtenstein-latest.osm.pbf"), "building", 14049),
    (("osm", "Helsinki.osm.pbf"), "camera", 221),
    (("gbk_shapefile", "区县界_area.shp"), None, 17),
    (("incidents", "nyc311.csv.zip"), None, 52519),
]


@cache
def read(*parts: str, layer: str | None = None, chosen: str | None = None) -> list[Record]:
    path = shared_data(*parts)
    survey = sandbox.survey(path, layer=layer)
    placing = resolve(survey.description.layer(layer), survey.points, chosen=chosen)
    return list(sandbox.read(path, placing=placing, layer=layer))


@pytest.mark.parametrize(("parts", "layer", "count"), COUNTS, ids=["/".join(parts) for parts, _layer, _count in COUNTS])
def test_row_counts_are_those_of_the_description(parts: tuple[str, ...], layer: str | None, count: int) -> None:
    rows = read(*parts, layer=layer)
    assert len(rows) == count
    refused = Counter(reason.code for row in rows if row.refused for reason in row.reasons)
    assert set(refused) <= {"area_not_closed_in_file"}


def test_the_units_of_the_blocks_add_up() -> None:
    assert (
        sum(int(row.fields["total_dwelling_units"] or 0) for row in read("hdb", "blocks.gpkg", layer=None)) == 728_445
    )


def test_the_households_of_the_basic_units_add_up() -> None:
    rows = read("basic_units", "a.gpkg", layer="base")
    assert sum(int(row.fields["H_CNT"] or 0) for row in rows) == 1_048_986
    assert sum(int(row.fields["H_CNT"] or 0) > 300 for row in rows) == 71


@pytest.mark.parametrize(("name", "invalid"), [("subzones_2019.geojson", 6), ("subzones_2014.kml", 9)])
def test_invalid_subzones_are_repaired_and_listed(name: str, invalid: int) -> None:
    rows = read("hdb", name)
    assert sum(any(reason.code == "made_valid" for reason in row.reasons) for row in rows) == invalid
    assert all(shapely.is_valid(shapely.from_wkb(row.wkb)) for row in rows)


def test_attributes_in_an_html_table_become_columns() -> None:
    first = read("hdb", "subzones_2014.kml")[0]
    assert first.fields["Subzone Code"] == "MSSZ01"
    assert first.fields["Planning Area Name"] == "MARINA SOUTH"


def test_gbk_text_is_read_right_without_a_cpg_file() -> None:
    rows = read("gbk_shapefile", "区县界_area.shp")
    assert rows[0].fields["NAME"] == "宝山区"
    assert all("\ufffd" not in str(value) for row in rows for value in row.fields.values())


def test_feet_become_degrees_and_both_formats_of_the_lots_agree() -> None:
    shp = read("pluto", "PlutoClipLM.shp")
    json = read("pluto", "PlutoClipLM.json", chosen="EPSG:2263")
    assert sum(int(row.fields["UnitsRes"] or 0) for row in shp) == 36_638
    assert max(int(row.fields["UnitsRes"] or 0) for row in shp) == 1934
    by_key = {row.fields["BBL"]: row for row in json}
    for row in shp:
        other = by_key[row.fields["BBL"]]
        here, there = shapely.from_wkb(row.wkb), shapely.from_wkb(other.wkb)
        assert here.hausdorff_distance(there) < 1e-7
        assert -74.1 < here.bounds[0] < -73.9
        assert 40.6 < here.bounds[1] < 40.9
        assert row.fields["UnitsRes"] == other.fields["UnitsRes"]


def test_lots_as_geojson_in_feet_ask_for_their_system() -> None:
    from importers.records import RefusedError

    survey = sandbox.survey(shared_data("pluto", "PlutoClipLM.json"))
    with pytest.raises(RefusedError) as refusal:
        resolve(survey.description.layers[0], survey.points)
    assert refusal.value.code == "crs_needed"


def test_cases_without_a_place_are_read_without_geometry() -> None:
    assert sum(row.wkb is None for row in read("incidents", "nyc311.csv.zip", layer=None)) == 475


def test_official_groups_of_units_become_areas() -> None:
    path = shared_data("basic_units", "a.gpkg")
    rows = list(sandbox.read(path, placing=Placing("EPSG:4326", "stated"), group_by="CODE2"))
    assert len({row.fields["CODE2"] for row in rows}) == len(rows) < 2000
    whole = shapely.union_all(shapely.from_wkb([row.wkb for row in read("basic_units", "a.gpkg", layer="base")]))
    assert sum(shapely.from_wkb(row.wkb).area for row in rows) == pytest.approx(whole.area, rel=1e-9)


@pytest.mark.parametrize("room", ["gbk_shapefile", "elderly"])
def test_every_file_is_described_or_refused_by_name(room: str) -> None:
    from importers.records import RefusedError

    for path in sorted(shared_data(room).iterdir()):
        try:
            assert readers.choose(path).describe(path).layers
        except RefusedError as refusal:
            assert path.suffix in {".dbf", ".prj", ".shx", ".xml", ".cpg", ".gz"}, refusal.code


def test_the_invalid_lot_is_listed_though_moving_it_healed_it() -> None:
    for name, chosen in (("PlutoClipLM.shp", None), ("PlutoClipLM.json", "EPSG:2263")):
        rows = read("pluto", name, chosen=chosen)
        listed = [row for row in rows if any(reason.code == "made_valid" for reason in row.reasons)]
        assert [int(row.fields["BBL"] or 0) for row in listed] == [1000160003]
        assert all(shapely.is_valid(shapely.from_wkb(row.wkb)) for row in rows)
