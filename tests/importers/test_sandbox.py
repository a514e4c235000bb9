"""Hostile files against the locked-down process: each is refused by name, none harms the parent or reads more."""

from __future__ import annotations

import json
import sqlite3
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from gridmap.accounts.models import User
from importers import readers, sandbox
from importers.datum import Placing
from importers.records import Record, RefusedError
from importers.sentences import LOCKS
from tests.cast import Cast
from tests.importers import files

WGS84 = Placing("EPSG:4326", "stated")
STARTED = sandbox._start  # before the first test the suite puts a quicker start in its place
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {here} "{f"&{before};" * 20}">' for before, here in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.fixture(autouse=True)
def _as_the_product_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_start", STARTED)


def everything(path: Path, *, limits: sandbox.Limits | None = None) -> list[Record]:
    sandbox.describe(path, limits=limits)
    return list(sandbox.read(path, placing=WGS84, limits=limits))


def refused(path: Path) -> str:
    with pytest.raises(RefusedError) as refusal:
        everything(path)
    return refusal.value.code


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>"
)
GDALG = '{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline ! read /etc/passwd"}'
TABLE = '{"type":"Topology","objects":{}}'
DEEP = '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":'


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("rows.geojson", VRT, "format_unknown"),
        ("rows.geojson", GDALG, "geojson_type_unknown"),
        ("rows.geojson", TABLE, "topojson_not_read"),
        ("rows.geojson", DEEP + "[" * 100_000 + "]" * 100_000 + "}}]}", "nested_too_deep"),
        ("rows.geojson", '{"type":"Point","coordinates":[NaN,1]}', "json_broken"),
        ("rows.geojson", '{"type":"Point","coordinates":[1,2]} trailing', "json_broken"),
        ("rows.geojson", '{"type":"FeatureCollection","features":[', "json_broken"),
        ("rows.geojson", '{"type":"FeatureCollection","crs":{"type":"link","properties":{"href":"http://x"}},"features":[]}',
         "crs_link_not_followed"),
        ("rows.geojson", "[1, 2, 3]", "json_not_object"),
        ("rows.geojson", b"\x00" * 4096, "format_unknown"),
        ("rows.geojson", b"", "file_empty"),
        ("rows.kml", LAUGHS + "<kml><Placemark><name>&i;</name></Placemark></kml>", "xml_entities_forbidden"),
        ("rows.kml", '<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml><Placemark id="&x;"/></kml>',
         "xml_entities_forbidden"),
        ("rows.kml", '<!DOCTYPE kml SYSTEM "http://127.0.0.1/x.dtd"><kml><Placemark/></kml>', "xml_entities_forbidden"),
        ("rows.kml", "<kml>" + "<Folder>" * 5000 + "</Folder>" * 5000 + "</kml>", "xml_too_deep"),
        ("rows.kml", "<kml><Placemark></kml>", "xml_broken"),
        ("rows.osm", '<!DOCTYPE osm [<!ENTITY x SYSTEM "file:///etc/hosts">]><osm version="0.6"><node id="&x;"/></osm>',
         "osm_broken"),
        ("rows.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18\xff\xff\xff\x7f", "osm_broken"),
        ("rows.gpkg", b"SQLite format 3\x00" + b"\xff" * 2000, "not_a_geopackage"),
        ("rows.shp", struct.pack(">i", 9994) + b"\x00" * 96, "shapefile_part_missing"),
        ("rows.zip", b"PK\x03\x04" + b"\x00" * 100, "archive_broken"),
        ("rows.xls", bytes.fromhex("d0cf11e0a1b11ae1") + b"\x00" * 600, "format_unknown"),
        ("rows.csv", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "format_unknown"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_by_name(tmp_path: Path, name: str, content: str | bytes, code: str) -> None:
    assert refused(write(tmp_path / name, content)) == code


def test_numbers_beyond_all_bounds_refuse_their_row(tmp_path: Path) -> None:
    path = write(
        tmp_path / "rows.geojson",
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"n":1},"geometry":'
        '{"type":"Point","coordinates":[1e400,1]}},{"type":"Feature","properties":{"n":2},"geometry":'
        '{"type":"Point","coordinates":[121.5,31.2]}}]}',
    )
    try:
        rows = everything(path)
    except RefusedError as refusal:
        assert refusal.code in {"json_number_out_of_range", "json_broken"}
    else:
        assert [row.refused for row in rows] == [True, False]


def test_zero_bytes_in_text_refuse_their_row(tmp_path: Path) -> None:
    rows = everything(write(tmp_path / "rows.csv", b"id,lon,lat,name\n1,121.5,31.2,a\x00b\n2,121.5,31.2,c\n"))
    assert [row.refused for row in rows] == [True, False]
    assert "\x00" not in str(rows[0].fields)


def test_an_archive_in_an_archive_is_not_followed(tmp_path: Path) -> None:
    inner = files.packed(tmp_path / "inner.zip", {"a.csv": b"a,b\n1,2\n"})
    assert (
        refused(files.packed(tmp_path / "outer.zip", {"inner.zip": inner.read_bytes()}))
        == "archive_holds_nothing_known"
    )


def test_a_vrt_inside_an_archive_is_not_followed(tmp_path: Path) -> None:
    assert refused(files.packed(tmp_path / "a.zip", {"rows.geojson": VRT.encode()})) == "archive_holds_nothing_known"


def test_a_sheet_with_two_far_corners_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = files.xlsx(tmp_path / "rows.xlsx", files.rows(1))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        b"</sheetData></worksheet>"
    )
    assert refused(files.packed(tmp_path / "sparse.xlsx", parts)) == "too_many_cells"


def test_a_workbook_that_swells_is_refused(tmp_path: Path) -> None:
    path = files.xlsx(tmp_path / "rows.xlsx", files.rows(1))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/sharedStrings.xml"] = b"<sst>" + b"<si><t>a</t></si>" * 3_000_000 + b"</sst>"
    assert refused(files.packed(tmp_path / "bomb.xlsx", parts)) == "archive_swells"


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("CREATE VIEW v AS SELECT * FROM rows; UPDATE gpkg_contents SET table_name = 'v';", "layer_is_view"),
        ("CREATE VIRTUAL TABLE v USING fts5(x); UPDATE gpkg_contents SET table_name = 'v';", "layer_is_view"),
        ("UPDATE gpkg_contents SET table_name = 'gone';", "layer_missing"),
        ("DELETE FROM gpkg_contents;", "no_layers"),
        ("DROP TABLE gpkg_geometry_columns;", "not_a_geopackage"),
        ("DROP TABLE gpkg_contents; CREATE VIEW gpkg_contents AS SELECT load_extension('/tmp/x.so') AS table_name,"
         " 'features' AS data_type;", "not_a_geopackage"),
    ],
)  # fmt: skip
def test_a_geopackage_that_plays_tricks_is_refused(tmp_path: Path, script: str, code: str) -> None:
    path = files.gpkg(tmp_path / "rows.gpkg", files.rows())
    with sqlite3.connect(path) as database:
        database.executescript(script)
    database.close()
    assert refused(path) == code


def test_triggers_and_generated_columns_of_a_geopackage_do_nothing(tmp_path: Path) -> None:
    path = files.gpkg(tmp_path / "rows.gpkg", files.rows())
    with sqlite3.connect(path) as database:
        database.executescript(
            "CREATE TRIGGER t AFTER INSERT ON rows BEGIN DELETE FROM rows; END;"
            "ALTER TABLE rows ADD COLUMN evil TEXT GENERATED ALWAYS AS (hex(zeroblob(1000000))) VIRTUAL;"
        )
    database.close()
    before = path.read_bytes()
    assert len(everything(path)) == 3
    assert path.read_bytes() == before


def test_a_table_name_cannot_carry_a_command(tmp_path: Path) -> None:
    evil = 'x"; DROP TABLE gpkg_contents; --'
    path = tmp_path / "rows.gpkg"
    files.gpkg(path, files.rows(), layer="rows")
    with sqlite3.connect(path) as database:
        quoted = evil.replace('"', '""')
        database.execute(f'ALTER TABLE rows RENAME TO "{quoted}"')
        database.execute("UPDATE gpkg_contents SET table_name = ?", (evil,))
        database.execute("UPDATE gpkg_geometry_columns SET table_name = ?", (evil,))
    database.close()
    assert len(everything(path)) == 3


def test_a_file_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id,lon,lat\n" + "1,121.5,31.2\n" * 2_000_000)
    started = time.monotonic()
    with pytest.raises(RefusedError) as refusal:
        everything(path, limits=sandbox.Limits(cpu_s=60, wall_s=2.0))
    assert refusal.value.code == "reader_out_of_time"
    assert time.monotonic() - started < 15


def test_a_row_that_needs_more_memory_than_there_is_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.geojson"
    with path.open("w", encoding="ascii") as file:
        file.write('{"type":"Feature","properties":{},"geometry":{"type":"MultiPoint","coordinates":[')
        chunk = ",".join(["[1.5,2.5]"] * 100_000)
        file.write(",".join([chunk] * 6))
        file.write("]}}")
    with pytest.raises(RefusedError) as refusal:
        everything(path, limits=sandbox.Limits(memory_bytes=400_000_000))
    assert refusal.value.code in {"out_of_memory", "reader_crashed"}


def test_the_process_has_no_network_and_sees_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if sandbox.missing_locks():
        pytest.skip(f"this kernel does not give: {', '.join(sandbox.missing_locks())}")
    secret = write(tmp_path / "secret.csv", "id,lon,lat\n1,121.5,31.2\n")
    link = tmp_path / "upload" / "rows.csv"
    link.parent.mkdir()
    write(link, "id,lon,lat\n1,121.5,31.2\n")
    probe = (
        "import json,socket,sys\nfrom pathlib import Path\nfrom importers import lockdown\n"
        "lockdown.limit(cpu_s=5,memory_bytes=10**9)\nfailed=lockdown.lock(readable=[*lockdown.program_folders(),Path(sys.argv[1])],"
        "writable=Path(sys.argv[2]))\nout={'failed':failed}\n"
        "for name,path in (('mine',sys.argv[1]),('secret',sys.argv[3]),('passwd','/etc/passwd')):\n"
        "    try: Path(path).read_bytes(); out[name]=True\n    except OSError: out[name]=False\n"
        "try: socket.create_connection(('127.0.0.1',int(sys.argv[4])),2); out['net']=True\n"
        "except OSError: out['net']=False\n"
        "try: Path(sys.argv[3]).write_text('x'); out['write']=True\nexcept OSError: out['write']=False\n"
        "print(json.dumps(out))\n"
    )
    assert _probe(probe, link, tmp_path, secret) == {
        "failed": [], "mine": True, "secret": False, "passwd": False, "net": False, "write": False,
    }  # fmt: skip


def _probe(script: str, path: Path, tmp_path: Path, secret: Path) -> dict[str, object]:
    import socket
    import subprocess
    import sys

    room = tmp_path / "room"
    room.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        answer = subprocess.run(
            [sys.executable, "-P", "-c", script, str(path), str(room), str(secret), str(server.getsockname()[1])],
            env={"PYTHONPATH": str(sandbox.ROOT), "PATH": "/usr/bin"},
            capture_output=True,
            check=True,
            text=True,
        )
    found: dict[str, object] = json.loads(answer.stdout)
    return found


def test_a_crash_of_the_reading_process_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "rows.csv", "id,lon,lat\n1,121.5,31.2\n")
    monkeypatch.setattr("importers.sandbox.sys.executable", "/bin/false")
    assert refused(path) == "reader_crashed"


def test_the_extension_does_not_matter_the_content_does(tmp_path: Path) -> None:
    files.geojson(tmp_path / "rows.geojson", files.rows())
    path = (tmp_path / "rows.geojson").rename(tmp_path / "rows.shp")
    assert readers.choose(path).NAME == "geojson"
    assert len(everything(path)) == 3


def test_a_file_that_is_gone_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(tmp_path / "gone.csv") == "file_missing"
    monkeypatch.setattr(sandbox, "MAX_FILE_BYTES", 10)
    assert refused(write(tmp_path / "rows.csv", "id,lon,lat\n1,121.5,31.2\n")) == "file_too_large"


LACKING = (
    "from importers import child, lockdown\nreal = lockdown.lock\n"
    "lockdown.lock = lambda **names: [*real(**names), 'network']\nchild.main()\n"
)


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine whose kernel cannot take the network away."""
    monkeypatch.setattr(sandbox, "PROGRAM", ("-P", "-s", "-c", LACKING))
    sandbox.missing_locks.cache_clear()
    sandbox._warn.cache_clear()
    yield
    sandbox.missing_locks.cache_clear()
    sandbox._warn.cache_clear()


def test_a_missing_lock_is_said_once(lacking: None, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = write(tmp_path / "rows.csv", "id,lon,lat\n1,121.5,31.2\n")
    assert len(everything(path)) == 1
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "network" in caplog.text
    assert "network" in sandbox.missing_locks()


def test_a_strict_machine_reads_nothing_without_its_locks(lacking: None, tmp_path: Path, settings: Settings) -> None:
    settings.SANDBOX_STRICT = True
    path = write(tmp_path / "rows.csv", "id,lon,lat\n1,121.5,31.2\n")
    with pytest.raises(RefusedError) as refusal:
        everything(path)
    assert refusal.value.code == "locks_missing"
    assert "network" in str(refusal.value.params["locks"])


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.django_db
def test_the_import_page_names_the_missing_locks(
    lacking: None, cast: Cast, signed_in: Callable[[User], Client], settings: Settings, strict: bool
) -> None:
    settings.SANDBOX_STRICT = strict
    page = signed_in(cast.planner).get("/import/")
    assert str(LOCKS["network"]) in page.context["lacking"]
    assert str(LOCKS["network"]) in page.content.decode()
    assert page.context["strict"] is strict


@pytest.mark.django_db
def test_the_import_page_is_there_even_where_the_reader_does_not_start(
    lacking: None, cast: Cast, signed_in: Callable[[User], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importers.sandbox.sys.executable", "/bin/false")
    assert signed_in(cast.planner).get("/import/").context["lacking"] == [str(LOCKS["process"])]


def test_of_the_folder_of_a_shapefile_only_its_own_parts_can_be_read(tmp_path: Path) -> None:
    if "files" in sandbox.missing_locks():
        pytest.skip("this kernel has no Landlock")
    folder = tmp_path / "upload"
    folder.mkdir()
    mine, secret = write(folder / "rows.shp", b"x"), write(folder / "secret.csv", "id\n1\n")
    write(folder / "rows.dbf", b"x")
    script = (
        "import json,sys\nfrom pathlib import Path\nfrom importers import child, lockdown\npath=Path(sys.argv[1])\n"
        "lockdown.lock(readable=[*lockdown.program_folders(),*child._readable(path)],writable=Path(sys.argv[2]),"
        "listable=child._listable(path))\nout={'names':sorted(one.name for one in path.parent.iterdir())}\n"
        "for name,one in (('mine',path),('part',path.with_suffix('.dbf')),('secret',Path(sys.argv[3]))):\n"
        "    try: one.read_bytes(); out[name]=True\n    except OSError: out[name]=False\n"
        "print(json.dumps(out))\n"
    )
    assert _probe(script, mine, tmp_path, secret) == {
        "names": ["rows.dbf", "rows.shp", "secret.csv"], "mine": True, "part": True, "secret": False,
    }  # fmt: skip


def test_a_lone_shapefile_is_read_with_its_siblings(tmp_path: Path) -> None:
    assert len(everything(files.shapefile(tmp_path, files.rows()))) == 3
