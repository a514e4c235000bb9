"""Writing the district: everything arrives, nothing else is touched, a second one only in place of the first."""

import csv
from io import StringIO
from pathlib import Path

import pyogrio
import pytest
import shapely
from django.core.management import CommandError, call_command
from django.db.models import Count, Sum
from django.utils import timezone

from gridmap.district.export import tables_of, write_files
from gridmap.district.records import District, Level
from gridmap.district.services import DistrictRefusedError, load_district
from gridmap.district.synth import generate
from gridmap.territory.checks import check_regions
from gridmap.territory.models import (
    Building,
    Camera,
    Component,
    Compound,
    Facility,
    Grid,
    GroundFeature,
    Region,
    RegionEdition,
    StreetLamp,
)
from gridmap.territory.services import NewGrid, replace_grids
from importers.columns import mapping

THINGS = (Building, Compound, GroundFeature, Camera, StreetLamp, Facility, Component)


@pytest.fixture(scope="module")
def village() -> District:
    return generate(seed=2, households=5_000)


def counts() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in (Region, RegionEdition, *THINGS)}


@pytest.mark.django_db
def test_everything_arrives_labelled_as_generated(village: District) -> None:
    load_district(village, at=timezone.now())
    beside = Component.objects.count()
    assert beside > len(village.lamps) / 2
    assert counts() == {
        "Region": len(village.regions), "RegionEdition": len(village.regions), "Building": len(village.buildings),
        "Compound": len(village.compounds), "GroundFeature": len(village.ground), "Camera": len(village.cameras),
        "StreetLamp": len(village.lamps), "Facility": len(village.facilities),
        "Component": beside,
    }  # fmt: skip
    for model in (Region, RegionEdition, *THINGS):
        assert not model.objects.exclude(source="generated").exists()
    poles = Camera.objects.exclude(pole="").values_list("pole", flat=True)
    assert len(poles) > len(set(poles)) and Facility.objects.filter(hours__isnull=False).exists()
    totals = Building.objects.aggregate(Sum("households"), Sum("dwellings"), Sum("residents"), Sum("elders"))
    for key in ("households", "dwellings", "residents", "elders"):
        assert totals[f"{key}__sum"] == sum(getattr(building, key) for building in village.buildings)


@pytest.mark.django_db
def test_a_building_keeps_its_place_address_and_estate(village: District) -> None:
    load_district(village, at=timezone.now())
    told = next(building for building in village.buildings if building.compound)
    kept = Building.objects.select_related("community", "compound").get(source_ref=told.code)
    assert (kept.number, kept.name, kept.address, kept.floors) == (told.number, told.name, told.address, told.floors)
    assert kept.community is not None
    assert kept.compound is not None
    assert (kept.community.code, kept.compound.source_ref) == (told.community, told.compound)
    assert shapely.from_wkb(bytes(kept.geom.wkb)).equals_exact(told.footprint)
    assert kept.kind in Building.Kind.values


@pytest.mark.django_db
def test_the_territory_is_in_order_and_boundaries_are_exact(village: District) -> None:
    load_district(village, at=timezone.now())
    assert list(check_regions()) == []
    cells = [
        shapely.from_wkb(bytes(geom.wkb))
        for geom in RegionEdition.objects.filter(region__level=5).values_list("geom", flat=True)
    ]
    assert shapely.coverage_is_valid(cells)


@pytest.mark.django_db
def test_barriers_have_the_weight_of_their_kind(village: District) -> None:
    load_district(village, at=timezone.now())
    weights = dict(GroundFeature.objects.values_list("kind").annotate(Count("weight", distinct=True)))
    assert set(weights.values()) == {1}
    assert GroundFeature.objects.filter(kind="river", weight=1.0).exists()
    assert not GroundFeature.objects.filter(kind="road_lane", weight__gt=0).exists()


@pytest.mark.django_db
def test_a_second_district_is_refused_unless_it_replaces_the_first(village: District) -> None:
    load_district(village, at=timezone.now())
    before = counts()
    with pytest.raises(DistrictRefusedError, match="--replace"):
        load_district(village, at=timezone.now())
    load_district(village, at=timezone.now(), replace=True)
    after = counts()
    assert after.pop("RegionEdition") == 2 * before.pop("RegionEdition")
    assert after == before
    assert RegionEdition.objects.in_force().count() == len(village.regions)


@pytest.mark.django_db(transaction=True)
def test_replacing_ends_the_grids_and_keeps_their_codes(village: District) -> None:
    load_district(village, at=timezone.now())
    community = Region.objects.communities().order_by("code")[0]
    shape = RegionEdition.objects.in_force().get(region=community).geom[0]
    grids = replace_grids(community=community, grids=[NewGrid(shape, "general", [])], source="test", at=timezone.now())
    other = generate(seed=3, households=3_000)
    load_district(other, at=timezone.now(), replace=True)
    assert Grid.objects.get().code == grids[0].code
    assert not Grid.objects.in_force().exists()
    gone = {region.code for region in village.regions} - {region.code for region in other.regions}
    assert not RegionEdition.objects.in_force().filter(region__code__in=gone).exists()
    assert set(Region.objects.filter(code__in=gone).values_list("code", flat=True)) <= {community.code}


@pytest.mark.django_db
def test_other_data_stays_and_a_code_of_somebody_else_is_refused(village: District) -> None:
    load_district(village, at=timezone.now())
    GroundFeature.objects.create(source="survey", source_ref="1", kind="wall", geom="LINESTRING(106 29, 106.1 29)")
    load_district(village, at=timezone.now(), replace=True)
    assert GroundFeature.objects.filter(source="survey").exists()
    street = Region.objects.filter(level=Region.Level.STREET).order_by("code")[0]
    Region.objects.filter(pk=street.pk).update(source="survey", name="真街道")
    with pytest.raises(DistrictRefusedError, match="真街道"):
        load_district(village, at=timezone.now(), replace=True)


@pytest.mark.django_db
def test_a_refusal_leaves_nothing_half_done(village: District) -> None:
    Region.objects.create(code="990000000000", level=1, name="别的省", source="survey")
    with pytest.raises(DistrictRefusedError, match="别的省"):
        load_district(village, at=timezone.now())
    assert counts() == {"Region": 1, "RegionEdition": 0, **{model.__name__: 0 for model in THINGS}}


@pytest.mark.django_db
def test_the_command_loads_a_city_street_by_street() -> None:
    said = StringIO()
    call_command("generate_district", seed=2, households=5_000, stdout=said)
    assert "5000 resident households" in said.getvalue()
    assert "not real" in said.getvalue()
    assert Building.objects.aggregate(total=Sum("households"))["total"] == 5_000
    with pytest.raises(CommandError, match="--replace"):
        call_command("generate_district", seed=2, households=5_000)
    with pytest.raises(CommandError, match="households must lie between"):
        call_command("generate_district", households=7, replace=True)


# --- files ------------------------------------------------------------------------------------------------------------
def test_exported_files_hold_what_was_generated(village: District, tmp_path: Path) -> None:
    written = dict(write_files(village, tmp_path / "out"))
    assert {path.name for path in written} == {
        "district.gpkg", "communities.geojson", "buildings.geojson", "buildings.csv",
    }  # fmt: skip
    package = tmp_path / "out" / "district.gpkg"
    layers = {name for name, _ in pyogrio.list_layers(package)}
    assert layers == {table.name for table in tables_of(village)}
    meta, _, shapes, columns = pyogrio.raw.read(package, layer="buildings")
    figures = dict(zip(meta["fields"], columns, strict=True))
    assert figures["户数"].sum() == sum(building.households for building in village.buildings)
    assert set(figures["来源"]) == {"generated"}
    assert shapely.from_wkb(shapes[0]).equals_exact(village.buildings[0].footprint)


def test_exporting_twice_gives_the_same_number_of_rows(village: District, tmp_path: Path) -> None:
    assert dict(write_files(village, tmp_path)) == dict(write_files(village, tmp_path))
    assert pyogrio.read_info(tmp_path / "district.gpkg", layer="buildings")["features"] == len(village.buildings)


def test_the_table_opens_in_a_spreadsheet(village: District, tmp_path: Path) -> None:
    dict(write_files(village, tmp_path))
    raw = (tmp_path / "buildings.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(StringIO(raw.decode("utf-8-sig"))))
    assert len(rows) == len(village.buildings)
    footprint = village.buildings[0].footprint
    assert footprint.contains(shapely.Point(float(rows[0]["经度"]), float(rows[0]["纬度"])))


def test_the_importer_understands_the_columns(village: District) -> None:
    tables = {table.name: table for table in tables_of(village)}
    found = mapping("buildings", tables["buildings"].columns)
    for field in (
        "source_ref",
        "number",
        "name",
        "kind",
        "address",
        "households",
        "dwellings",
        "residents",
    ):
        assert field in found, field
    assert found["households"] == "户数"
    assert mapping("regions", tables["communities"].columns)["code"] == "区划代码"
    assert mapping("cameras", tables["cameras"].columns)["bearing_deg"] == "朝向"


def test_the_command_exports_without_a_database(tmp_path: Path) -> None:
    said = StringIO()
    call_command("generate_district", seed=2, households=3_000, export=tmp_path / "files", stdout=said)
    assert "buildings.csv" in said.getvalue()
    blocked = tmp_path / "a file"
    blocked.write_text("")
    with pytest.raises(CommandError):
        call_command("generate_district", seed=2, households=3_000, export=blocked)


def test_levels_of_the_records_are_those_of_the_ground(village: District) -> None:
    assert [region.level for region in village.regions[:3]] == [Level.PROVINCE, Level.CITY, Level.COUNTY]
