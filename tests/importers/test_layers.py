"""A file of several layers: the one that fits the kind is read, the others are named."""

from __future__ import annotations

import sqlite3
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from importers.layers import best_layer, other_layers
from importers.models import ImportRun
from importers.readers.gpkg.reader import describe
from importers.records import Description, Layer
from tests.cast import Board
from tests.importers import files
from tests.importers.bringing import homes
from tests.shared import shared_data


@pytest.mark.parametrize(
    ("kind", "name"),
    [("buildings", "buildings"), ("ground", "roads"), ("barriers", "roads"), ("facilities", "pois")],
)
def test_the_layer_of_a_real_district_fits_the_kind(kind: str, name: str) -> None:
    assert best_layer(kind, describe(shared_data("lujiazui", "lujiazui_osm.gpkg")).layers).name == name


def test_shapes_decide_where_names_do_not() -> None:
    layers = (Layer("a", (), 1, "LINESTRING"), Layer("b", (), 1, "MULTIPOLYGON"), Layer("c", (), 1, "POINT"))
    chosen = {kind: best_layer(kind, layers).name for kind in ("buildings", "ground", "cameras", "regions")}
    assert chosen == {"buildings": "b", "ground": "a", "cameras": "c", "regions": "b"}


def test_columns_decide_between_equal_shapes_and_the_first_wins_a_tie() -> None:
    layers = (Layer("a", ("x",), 1, "Polygon"), Layer("b", ("户数", "楼栋编号"), 1, "Polygon"))
    assert best_layer("buildings", layers).name == "b"
    assert best_layer("osm", layers).name == "a"


def test_only_one_layer_says_nothing() -> None:
    one = Description("gpkg", (Layer("a", ()),))
    assert other_layers(one, "a") is None
    two = other_layers(Description("gpkg", (Layer("a", ()), Layer("b", ()))), "b")
    assert two is not None
    assert two.params == {"layer": "b", "others": "a"}


@pytest.mark.django_db
def test_the_command_reads_the_layer_that_fits_and_names_the_others(board: Board, tmp_path: Path) -> None:
    path = files.gpkg(tmp_path / "two.gpkg", homes(2), layer="楼栋")
    with sqlite3.connect(path) as database:
        database.executescript(
            "CREATE TABLE alleys (fid INTEGER PRIMARY KEY, geom BLOB, name TEXT);"
            "UPDATE gpkg_contents SET rowid = 9;"
            "INSERT INTO gpkg_contents (rowid, table_name, data_type, srs_id) VALUES (1, 'alleys', 'features', 4326);"
            "INSERT INTO gpkg_geometry_columns VALUES ('alleys', 'geom', 'LINESTRING', 4326, 0, 0);"
        )
    database.close()
    out = StringIO()
    call_command("import_data", "buildings", str(path), stdout=out)
    run = ImportRun.objects.get()
    assert [layer["name"] for layer in run.description["layers"]] == ["alleys", "楼栋"]
    assert (run.layer, run.counts["created"]) == ("楼栋", 2)
    assert "alleys" in out.getvalue()
