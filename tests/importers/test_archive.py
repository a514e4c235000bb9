import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers import archive
from importers.records import RefusedError
from tests.importers import files


def refused(path: Path, into: Path) -> str:
    with pytest.raises(RefusedError) as refusal:
        archive.unpack(path, into)
    return refusal.value.code


def room(tmp_path: Path) -> Path:
    into = tmp_path / "into"
    into.mkdir()
    return into


def test_litter_of_a_mac_is_left_in_the_archive(tmp_path: Path) -> None:
    path = files.packed(tmp_path / "a.zip", {"a.csv": b"a,b\n", "__MACOSX/._a.csv": b"x", ".DS_Store": b"x"})
    into = archive.unpack(path, room(tmp_path))
    assert [child.name for child in into.iterdir()] == ["a.csv"]


def test_names_without_the_utf8_flag_are_read_as_gbk(tmp_path: Path) -> None:
    path = files.packed(tmp_path / "a.zip", {"区县界.csv": b"a,b\n"}, raw_names=True)
    assert [child.name for child in archive.unpack(path, room(tmp_path)).iterdir()] == ["区县界.csv"]


@pytest.mark.parametrize("name", ["../evil.csv", "a/../../evil.csv", "/etc/evil.csv", "C:\\evil.csv", "..\\evil.csv"])
def test_entries_that_leave_the_folder_are_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    into = room(tmp_path)
    path = files.packed(tmp_path / "a.zip", {"good.csv": b"a,b\n", name: b"x"})
    assert refused(path, into) == "archive_entry_outside"
    assert not list(into.iterdir())


def test_links_are_refused(tmp_path: Path) -> None:
    assert refused(files.packed_link(tmp_path / "a.zip", "/etc/passwd"), room(tmp_path)) == "archive_entry_link"


def test_a_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    path = files.packed(tmp_path / "a.zip", {"a.csv": bytes(30 << 20)})
    assert refused(path, room(tmp_path)) == "archive_swells"


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_unpacks(tmp_path: Path) -> None:
    path = files.packed(tmp_path / "a.zip", {"a.csv": bytes(8 << 20)})
    raw = path.read_bytes()
    path.write_bytes(raw.replace((8 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    into = room(tmp_path)
    assert refused(path, into) in {"archive_swells", "archive_broken"}
    assert sum(child.stat().st_size for child in into.iterdir()) <= 1 << 20


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    path = files.packed(tmp_path / "a.zip", {f"{number}.csv": b"" for number in range(archive.MAX_ENTRIES + 1)})
    assert refused(path, room(tmp_path)) == "archive_too_many_entries"


def test_encrypted_and_broken_archives_are_refused(tmp_path: Path) -> None:
    path = files.packed(tmp_path / "a.zip", {"a.csv": b"a,b\n1,2\n"})
    raw = bytearray(path.read_bytes())
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    path.write_bytes(raw)
    assert refused(path, room(tmp_path)) == "archive_encrypted"
    path.write_bytes(b"PK\x03\x04" + b"\x00" * 50)
    assert refused(path, tmp_path / "into") == "archive_broken"


def test_a_gzip_is_bounded_too(tmp_path: Path) -> None:
    import gzip

    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    assert (archive.unpack(path, room(tmp_path)) / "a.csv").read_bytes() == b"a,b\n1,2\n"
    path.write_bytes(gzip.compress(bytes(300 << 20), 9))
    (tmp_path / "into" / "a.csv").unlink()
    assert refused(path, tmp_path / "into") == "archive_swells"


def test_two_entries_of_one_name_are_refused(tmp_path: Path) -> None:
    path = files.packed(tmp_path / "a.zip", {"x/a.csv": b"a,b\n", "y/a.csv": b"a,b\n"})
    assert refused(path, room(tmp_path)) == "archive_name_twice"


def test_workbooks_are_not_taken_for_archives(tmp_path: Path) -> None:
    path = files.xlsx(tmp_path / "a.xlsx", files.rows())
    assert archive.is_workbook(path)
    assert not archive.is_workbook(files.packed(tmp_path / "a.zip", {"a.csv": b"a"}))
    assert zipfile.is_zipfile(path)


@given(st.text(max_size=60))
def test_unpacked_names_never_hold_a_way_out(name: str) -> None:
    safe = archive.safe_name(PurePosixPath(name.replace("\x00", "_")))
    assert safe
    assert "/" not in safe
    assert "\x00" not in safe
    assert not safe.startswith(".")
