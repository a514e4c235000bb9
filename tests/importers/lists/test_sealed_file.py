"""A stored list is sealed piece by piece; changed, cut or swapped it is refused, and opened it is gone afterwards."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from importers.lists import sealed_file
from importers.lists.sealed_file import SealedWriter, new_key, opened, pieces
from importers.lists.uploads import SealingHandler, open_writer
from importers.records import RefusedError

SECRET = "张建国,990101194803070013\n".encode()


def stored(path: Path, content: bytes, key: str, *, chunk: int = 7919) -> SealedWriter:
    writer = SealedWriter(path, key, limit=10_000_000)
    for start in range(0, len(content), chunk):
        writer.write(content[start : start + chunk])
    writer.close()
    return writer


@pytest.fixture(params=["aes-256-gcm", "sm4-gcm"])
def key(request: pytest.FixtureRequest, settings: Settings) -> str:
    settings.FIELD_CIPHER = request.param
    return new_key()


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(content=st.binary(max_size=2000), piece=st.integers(1, 700))
def test_what_goes_in_comes_out(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, content: bytes, piece: int
) -> None:
    monkeypatch.setattr(sealed_file, "PIECE_BYTES", piece)
    path, key = tmp_path_factory.mktemp("sealed") / "list.csv", new_key()
    writer = stored(path, content, key, chunk=97)
    assert b"".join(pieces(path, key)) == content
    assert writer.size == len(content)


def test_nothing_of_it_can_be_read_from_the_disk_and_only_by_its_owner(tmp_path: Path, key: str) -> None:
    path = tmp_path / "list.csv"
    stored(path, SECRET * 1000, key)
    kept = path.read_bytes()
    assert "张建国".encode() not in kept
    assert b"990101194803070013" not in kept
    assert path.stat().st_mode & 0o077 == 0
    assert path.stat().st_size > len(SECRET) * 1000


def flip(kept: list[bytes]) -> list[bytes]:
    return [kept[0], kept[1][:-1] + bytes([kept[1][-1] ^ 1]), *kept[2:]]


@pytest.mark.parametrize(
    "harm",
    [flip, lambda kept: kept[:-1], lambda kept: [kept[1], kept[0], *kept[2:]], lambda kept: kept[1:],
     lambda kept: [*kept, kept[-1]], lambda _kept: []],
    ids=["changed", "cut", "swapped", "beheaded", "doubled", "emptied"],
)  # fmt: skip
def test_harm_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: Callable[[list[bytes]], list[bytes]]
) -> None:
    monkeypatch.setattr(sealed_file, "PIECE_BYTES", 100)
    path, key = tmp_path / "list.csv", new_key()
    stored(path, SECRET * 20, key)
    whole, kept = path.read_bytes(), []
    while whole:
        length = int.from_bytes(whole[:4], "big") + 4
        kept.append(whole[:length])
        whole = whole[length:]
    assert len(kept) > 3
    path.write_bytes(b"".join(harm(kept)))
    with pytest.raises(RefusedError, match="file_damaged"):
        list(pieces(path, key))


def test_another_key_opens_nothing(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    stored(path, SECRET, new_key())
    with pytest.raises(RefusedError, match="file_damaged"):
        list(pieces(path, new_key()))


def test_a_list_that_is_too_large_is_refused_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    writer = SealedWriter(tmp_path / "list.csv", new_key(), limit=10)
    with pytest.raises(RefusedError, match="file_too_large"):
        writer.write(b"12345678901")
    writer.abandon()
    assert not list(tmp_path.iterdir())


def test_the_opened_file_is_gone_when_it_was_read_even_after_an_error(tmp_path: Path) -> None:
    path, key = tmp_path / "list.csv", new_key()
    stored(path, SECRET, key)
    with opened(path, key) as plain:
        assert plain.read_bytes() == SECRET
        assert plain.stat().st_mode & 0o077 == 0
        assert plain.suffix == ".csv"
    assert not plain.parent.exists()
    with pytest.raises(RuntimeError), opened(path, key) as plain:
        raise RuntimeError
    assert not plain.parent.exists()
    path.unlink()
    with pytest.raises(RefusedError, match="file_missing"), opened(path, key):
        pass


def test_what_a_killed_process_left_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = tmp_path / "memory"
    memory.mkdir()
    monkeypatch.setattr(sealed_file, "MEMORY", memory)
    old, young = memory / f"{sealed_file.PREFIX}old", memory / f"{sealed_file.PREFIX}young"
    for room in (old, young):
        room.mkdir()
        (room / "list.csv").write_bytes(SECRET)
    os.utime(old, (time.time() - 7200,) * 2)
    path, key = tmp_path / "list.csv", new_key()
    stored(path, SECRET, key)
    with opened(path, key):
        assert not old.exists()
        assert young.exists()


def test_an_upload_that_breaks_off_leaves_nothing() -> None:
    handler = SealingHandler()
    handler.new_file("file", "张建国.csv", "text/csv", 100)
    handler.receive_data_chunk(SECRET, 0)
    writer = handler._writer
    assert writer is not None
    assert "张建国" not in str(writer.path)
    handler.upload_interrupted()
    assert not writer.path.exists()


def test_a_stored_name_says_nothing_but_the_suffix() -> None:
    writer, _key, suffix = open_writer("../../张建国 990101194803070013.XLSX")
    assert suffix == ".xlsx"
    assert len(writer.path.stem) == 32
    writer.abandon()
