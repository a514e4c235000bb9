"""Other people's programs read every public layer: the right count, system, text and types, page by page.

GDAL 3.6 (`ogrinfo`, `ogr2ogr`), QGIS 3.22 and OWSLib, as a person would use them, against a server that listens. Where
a program is not installed its tests are skipped and say so; `GRIDMAP_FOREIGN_PROGRAMS=all` makes that a failure.
"""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from owslib.ogcapi.features import Features  # type: ignore[import-untyped]
from owslib.util import Authentication  # type: ignore[import-untyped]
from pytest_django.live_server_helper import LiveServer

from gridmap.accounts import tokens
from gridmap.accounts.models import User
from layers.catalogue import LAYERS
from layers.layer import Kind
from layers.ogc import asked, openapi
from layers.ogc.features import ENDS
from tests.cast import set_up_board, set_up_cast
from tests.layers.ogc.filling import FILLERS

pytestmark = pytest.mark.django_db(transaction=True)
PUBLIC = [layer for layer in LAYERS if layer.public]
#: More than one page of each layer, and few enough that QGIS, which takes two seconds for a page, is soon done.
PAGE, ROWS = 100, 130
WRONG = "gm_" + "x" * 43
SYSTEM_PYTHON = "/usr/bin/python3"
#: As GDAL and QGIS call the types of properties.
TYPES = {
    Kind.TEXT: {"String"},
    Kind.CHOICE: {"String", "Integer"},
    Kind.INTEGER: {"Integer", "Integer64"},
    Kind.NUMBER: {"Real"},
    Kind.FLAG: {"Boolean", "Integer(Boolean)"},
    Kind.DAY: {"Date"},
    Kind.MOMENT: {"DateTime"},
}


def need(installed: bool, program: str, package: str) -> None:
    """Skip, or fail where the environment says that every program is there."""
    if not installed:
        said = f"{program} is not installed here (Debian: {package})"
        (pytest.fail if os.environ.get("GRIDMAP_FOREIGN_PROGRAMS") == "all" else pytest.skip)(said)


def run(*command: str, **environment: str) -> str:
    """What a program prints."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=170, check=False, env={**os.environ, **environment}
    )
    return done.stdout if done.returncode == 0 else f"{done.stdout}\n{done.stderr}"


@pytest.fixture
def served(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The address, a token, and what the database has: layer → count and one text of it."""
    monkeypatch.setattr(asked, "USUAL", PAGE)
    monkeypatch.setattr(openapi, "USUAL", PAGE)
    board, cast = set_up_board(), set_up_cast()
    for layer in PUBLIC:
        assert layer.key in FILLERS, f"tests/layers/ogc/filling.py makes no rows of {layer.key}"
        FILLERS[layer.key](board, range(ROWS))
    key = tokens.make(person=cast.planner, name="programs", area="", days=1, now=timezone.now())[1]
    yield f"{live_server.url}/ogc", key, {layer.key: _truth(layer, cast.planner) for layer in PUBLIC}


def _truth(layer: Any, person: User) -> dict[str, Any]:
    rows = layer.rows(person, None)
    label = next(one for one in layer.fields if one.name == layer.label)
    texts = {str(text) for text in rows.values_list(label.column, flat=True)}
    assert rows.count() > PAGE and any(ord(letter) > 0x4E00 for text in texts for letter in text) is _is_chinese(layer)
    return {"count": rows.count(), "texts": texts}


def _is_chinese(layer: Any) -> bool:
    """Grids and cases are called by their number; text stands in another field of theirs."""
    return layer.label not in {"code"} and layer.key != "cases"


def _types_hold(layer: Any, types: dict[str, str], *, of: str) -> None:
    """Every property that has values is of the type that the catalogue says."""
    for one in layer.fields:
        if one.kind in {Kind.TEXT, Kind.FLAG, Kind.INTEGER} and one.name in types:
            wanted = TYPES[one.kind] | {"String"}  # a column without values has no type of its own
            assert types[one.name] in wanted, f"{of}: {layer.key}.{one.name} is {types[one.name]}"
    if layer.dated:
        assert set(ENDS) <= set(types) and types["valid_from"] == "DateTime"


# --- GDAL -------------------------------------------------------------------------------------------------------------
def _gdal(key: str) -> dict[str, str]:
    return {"GDAL_HTTP_USERPWD": f"anybody:{key}"}


def test_ogrinfo_lists_the_layers_by_their_titles(served: Any) -> None:
    need(bool(shutil.which("ogrinfo")), "ogrinfo", "gdal-bin")
    address, key, _truths = served
    said = run("ogrinfo", "-ro", f"OAPIF:{address}", **_gdal(key))
    for layer in PUBLIC:
        assert f"{layer.key} (title: {layer.title})" in said, said


def test_ogr2ogr_takes_every_layer_whole(served: Any, tmp_path: Path) -> None:
    """Through pages of a hundred, into a file whose rows are then counted and read by SQLite."""
    need(bool(shutil.which("ogr2ogr")), "ogr2ogr", "gdal-bin")
    address, key, truths = served
    target = tmp_path / "map.gpkg"
    said = run("ogr2ogr", "-f", "GPKG", str(target), "-oo", f"PAGE_SIZE={PAGE}", f"OAPIF:{address}", **_gdal(key))
    assert target.is_file(), said
    with sqlite3.connect(target) as file:
        systems = dict(file.execute("SELECT table_name, srs_id FROM gpkg_contents"))
        for layer in PUBLIC:
            name = layer.key
            ids = [row[0] for row in file.execute(f'SELECT id FROM "{name}"')]  # noqa: S608  (a key of the catalogue)
            assert len(ids) == len(set(ids)) == truths[name]["count"], name
            texts = {str(row[0]) for row in file.execute(f'SELECT "{layer.label}" FROM "{name}"')}  # noqa: S608
            assert texts == truths[name]["texts"], name
            assert systems[name] == 4326, name


def test_ogrinfo_knows_count_system_and_types(served: Any) -> None:
    need(bool(shutil.which("ogrinfo")), "ogrinfo", "gdal-bin")
    address, key, truths = served
    for layer in PUBLIC:
        said = run("ogrinfo", "-ro", "-so", f"OAPIF:{address}", layer.key, **_gdal(key))
        assert f"Feature Count: {truths[layer.key]['count']}" in said, said
        assert 'ID["EPSG",4326]' in said or 'ID["OGC","CRS84"]' in said, said
        lines = (line.partition(": ") for line in said.splitlines() if line.endswith(")") and ": " in line)
        _types_hold(layer, {name: kind.rpartition(" ")[0] for name, _colon, kind in lines}, of="ogrinfo")


@pytest.mark.parametrize("key", [WRONG, "", "nonsense"])
def test_a_wrong_token_gives_gdal_nothing(served: Any, tmp_path: Path, key: str) -> None:
    need(bool(shutil.which("ogr2ogr")), "ogr2ogr", "gdal-bin")
    address, _key, _truths = served
    target = tmp_path / "map.gpkg"
    said = run("ogr2ogr", "-f", "GPKG", str(target), f"OAPIF:{address}", **_gdal(key))
    assert "401" in said and not target.exists()


# --- QGIS -------------------------------------------------------------------------------------------------------------
def _has_qgis() -> bool:
    found = Path(SYSTEM_PYTHON).exists() and subprocess.run(
        [SYSTEM_PYTHON, "-c", "import qgis.core"],
        capture_output=True,
        check=False,
        env={"QT_QPA_PLATFORM": "offscreen"},
    )
    return bool(found) and found.returncode == 0  # type: ignore[union-attr]


def _qgis(address: str, key: str, home: Path) -> dict[str, Any]:
    """What QGIS reads, in a profile of its own."""
    reader = Path(__file__).with_name("qgis_reader.py")
    names = ",".join(layer.key for layer in PUBLIC)
    environment = {"HOME": str(home), "XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "offscreen"}
    said = run(SYSTEM_PYTHON, str(reader), address, key, names, **environment)
    assert said.startswith("{"), said
    found: dict[str, Any] = json.loads(said)
    return found


@pytest.mark.timeout(180)
def test_qgis_reads_every_layer_whole(served: Any, tmp_path: Path) -> None:
    """More than a page of each (QGIS#49404), by a configuration “Basic” of its own store."""
    need(_has_qgis(), "QGIS", "python3-qgis")
    address, key, truths = served
    found = _qgis(address, key, tmp_path)["layers"]
    for layer in PUBLIC:
        one, truth = found[layer.key], truths[layer.key]
        assert one["valid"], one
        assert one["read"] == one["distinct"] == one["featureCount"] == truth["count"], (layer.key, one["read"])
        assert one["crs"] in {"EPSG:4326", "OGC:CRS84"}
        assert truth["texts"] <= set(one["texts"]), layer.key
        _types_hold(layer, one["fields"], of="QGIS")


@pytest.mark.parametrize("key", [WRONG, ""])
def test_a_wrong_token_gives_qgis_nothing(served: Any, tmp_path: Path, key: str) -> None:
    need(_has_qgis(), "QGIS", "python3-qgis")
    address, _key, _truths = served
    assert _qgis(address, key, tmp_path) == {"status": 401, "layers": {}}


# --- OWSLib -----------------------------------------------------------------------------------------------------------
def _owslib(address: str, key: str) -> Features:
    return Features(address, auth=Authentication(username="anybody", password=key))


def test_owslib_reads_every_layer_whole(served: Any) -> None:
    address, key, truths = served
    server = _owslib(address, key)
    assert server.feature_collections() == [layer.key for layer in PUBLIC]
    for layer in PUBLIC:
        features: list[Any] = []
        while len(features) < truths[layer.key]["count"]:
            page = server.collection_items(layer.key, limit=PAGE, offset=len(features))
            assert page["numberMatched"] == truths[layer.key]["count"] and page["features"]
            features += page["features"]
        assert len({one["id"] for one in features}) == len(features) == truths[layer.key]["count"]
        assert {str(one["properties"][layer.label]) for one in features} == truths[layer.key]["texts"]
        assert server.collection(layer.key)["storageCrs"].endswith("CRS84")


def test_owslib_narrows_by_box_and_property(served: Any) -> None:
    address, key, _truths = served
    server = _owslib(address, key)
    assert server.collection_items("lamps", bbox=[119.9, 30.11, 119.9001, 30.1101])["numberMatched"] == 1
    assert server.collection_items("lamps", lit="true")["numberMatched"] == ROWS // 2
    assert server.collection_queryables("grids")["properties"]["households"]["type"] == "integer"


@pytest.mark.parametrize("key", [WRONG, ""])
def test_a_wrong_token_gives_owslib_nothing(served: Any, key: str) -> None:
    address, _key, _truths = served
    with pytest.raises(RuntimeError, match="signed_out"):
        _owslib(address, key).collections()
    with pytest.raises(RuntimeError, match="signed_out"):
        _owslib(address, key).collection_items("grids")
