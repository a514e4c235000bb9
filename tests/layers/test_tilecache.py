"""Tiles on disk: what is written is read, older revisions go, and the whole stays within its bounds."""

import os
from pathlib import Path

import pytest
from pytest_django import Settings

from layers import tilecache


@pytest.fixture
def folder(settings: Settings) -> Path:
    return Path(settings.TILE_CACHE_DIR)


def test_what_is_written_is_read(folder: Path) -> None:
    assert tilecache.read("ground/a.1.7/14/1/2") is None
    tilecache.write("ground/a.1.7/14/1/2", tilecache.compress(b"tile"))
    tilecache.write("ground/a.1.7/14/1/3", tilecache.compress(b""))
    assert tilecache.read("ground/a.1.7/14/1/2") == tilecache.compress(b"tile")
    assert tilecache.read("ground/a.1.7/14/1/3") == b""


def test_no_draft_is_left_beside_a_tile(folder: Path) -> None:
    tilecache.write("ground/a.1.7/14/1/2", b"x")
    assert [path.name for path in (folder / "ground/a.1.7/14/1").iterdir()] == ["2"]


def test_a_new_revision_removes_the_one_before_of_its_scope_alone(folder: Path) -> None:
    for revision in ("a.1.6-one", "a.1.6-two", "a.1.7-two"):
        tilecache.write(f"areas/{revision}/14/1/2", b"x")
    assert tilecache.read("areas/a.1.6-one/14/1/2") == b"x"
    assert tilecache.read("areas/a.1.6-two/14/1/2") is None
    assert tilecache.read("areas/a.1.7-two/14/1/2") == b"x"


def test_a_late_writer_of_an_old_revision_does_not_remove_the_new_one(folder: Path) -> None:
    tilecache.write("ground/a.1.7/14/1/2", b"new")
    tilecache.write("ground/a.1.6/14/1/2", b"old")
    assert tilecache.read("ground/a.1.7/14/1/2") == b"new"


def test_the_oldest_go_when_the_cache_is_too_large(folder: Path) -> None:
    for index in range(10):
        tilecache.write(f"ground/a.1.7/14/1/{index}", bytes(10_000))
        os.utime(folder / f"ground/a.1.7/14/1/{index}", (index, index))
    assert tilecache.sweep(200_000) == 0
    assert tilecache.sweep(50_000) == 60_000
    assert sorted(int(path.name) for path in (folder / "ground/a.1.7/14/1").iterdir()) == [6, 7, 8, 9]


def test_empty_tiles_take_room_too(folder: Path) -> None:
    for index in range(10):
        tilecache.write(f"ground/a.1.7/14/1/{index}", b"")
    assert tilecache.sweep(5 * tilecache.BLOCK_BYTES) == 6 * tilecache.BLOCK_BYTES


def test_a_process_sweeps_by_itself(folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TILE_CACHE_MAX_BYTES = 8 * tilecache.BLOCK_BYTES
    monkeypatch.setattr(tilecache, "SWEEP_EVERY", 10)
    for index in range(100):
        tilecache.write(f"ground/a.1.7/14/1/{index}", b"x")
    assert len(list((folder / "ground/a.1.7/14/1").iterdir())) <= 18


def test_a_full_disk_costs_speed_and_no_answer(settings: Settings, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    settings.TILE_CACHE_DIR = blocked
    tilecache.write("ground/a.1.7/14/1/2", b"x")
    assert tilecache.read("ground/a.1.7/14/1/2") is None
