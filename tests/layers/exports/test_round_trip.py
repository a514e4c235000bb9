"""What was taken out comes in again through the importers, and is what is there already: identities and values."""

from pathlib import Path
from typing import Any, cast

import pytest
import shapely
from django.utils import timezone

from gridmap.accounts.models import User
from gridmap.accounts.roles import Role
from gridmap.district.services import load_district
from gridmap.territory.models import Building, Compound, Region
from gridmap.territory.models.sourced import GENERATED
from importers.models import ImportRun, StagedRow
from tests.cast import give_post, person
from tests.gridmap.district.test_services import village  # noqa: F401  (the fixture)
from tests.importers.bringing import brought, counted, dry
from tests.layers.exports.town import write

pytestmark = pytest.mark.django_db
#: GeoPackage keeps shapes bit by bit; GeoJSON and Shapefile each have a rule for the direction of rings.
WELL = {"gpkg": {"same"}, "geojson": {"same", "changed"}, "shp": {"same", "changed"}}
FORMATS = pytest.mark.parametrize("file_format", ["gpkg", "geojson", "shp"])


@pytest.fixture
def planner(village: Any) -> User:  # noqa: F811
    """Who sees the generated village whole."""
    load_district(village, at=timezone.now())
    who = person("everywhere", "谢规划")
    give_post(who, Role.PLANNER, "")
    return who


def taken_out(who: User, folder: Path, layer: str, file_format: str, **more: Any) -> Path:
    """The file as an importer takes it: a Shapefile in its zip, with one kind of shape."""
    suffix = "zip" if file_format == "shp" else file_format
    return write(who, folder / f"{layer}.{suffix}", layer, file_format=file_format, **more)


@FORMATS
@pytest.mark.parametrize("kind", ["buildings", "compounds"])
def test_the_same_rows_come_back_and_change_nothing(kind: str, file_format: str, planner: User, tmp_path: Path) -> None:
    run = dry(taken_out(planner, tmp_path, kind, file_format), kind, source=GENERATED)
    model: Any = Building if kind == "buildings" else Compound
    found = counted(run)
    assert sum(found.values()) == model.objects.count() and set(found) <= WELL[file_format]
    assert_turned_at_most(run, model)


def assert_turned_at_most(run: ImportRun, model: Any) -> None:
    """The rows that differ cover the same ground to a nanometre: their rings begin elsewhere or run the other way."""
    for row in StagedRow.objects.filter(run=run, action="changed"):
        assert list(row.before) == ["geometry"]
        kept: Any = model.objects.get(pk=row.target_id).geom
        there, here = (shapely.from_wkb(bytes(shape.wkb)) for shape in (cast(Any, row.geom), kept))
        assert shapely.equals_exact(shapely.normalize(there), shapely.normalize(here), tolerance=1e-13)


@FORMATS
def test_communities_come_back_with_their_codes(file_format: str, planner: User, tmp_path: Path) -> None:
    question = {"filters": {"level": ["5"]}}
    path = taken_out(planner, tmp_path, "regions", file_format, question=question)
    found = counted(dry(path, "regions", source=GENERATED))
    missing = found.pop("missing")  # the streets and what is above them, which were not taken out
    communities = Region.objects.filter(level=5)
    assert sum(found.values()) == communities.count() and set(found) <= WELL[file_format]
    assert missing == Region.objects.count() - communities.count()


@FORMATS
def test_an_empty_platform_gets_the_same_buildings(file_format: str, planner: User, tmp_path: Path) -> None:
    def buildings() -> list[tuple[Any, ...]]:
        columns = ("source_ref", "number", "name", "kind", "address", "community__code", "households", "dwellings",
                   "residents", "elders", "floors", "entrances")  # fmt: skip
        return sorted(Building.objects.values_list(*columns))

    path, before = taken_out(planner, tmp_path, "buildings", file_format), buildings()
    Building.objects.all().delete()
    assert counted(brought(path, source=GENERATED)) == {"created": len(before)}
    assert buildings() == before


def test_other_coordinate_systems_come_back_to_their_place(planner: User, tmp_path: Path) -> None:
    for crs in (4490, 3857):
        (tmp_path / str(crs)).mkdir()
        path = taken_out(planner, tmp_path / str(crs), "compounds", "gpkg", crs=crs)
        run = dry(path, "compounds", source=GENERATED)
        assert counted(run).get("refused", 0) == 0
        assert run.placing["system"] not in {"", None}


def test_a_file_of_several_layers_is_read_layer_by_layer(planner: User, tmp_path: Path) -> None:
    path = write(planner, tmp_path / "all.gpkg", "buildings", "compounds", "regions", file_format="gpkg")
    assert dry(path, "buildings", source=GENERATED).layer == "buildings"
    assert dry(path, "compounds", source=GENERATED).layer == "compounds"
