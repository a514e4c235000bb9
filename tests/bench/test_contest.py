"""Contenders in processes of their own: figures of those that answer, a reason for those that do not; the command."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.grids import contest
from bench.grids.contender import lattice
from bench.grids.judge import judge_all
from bench.grids.problems import save_problems
from bench.grids.table import COLUMNS, rows
from bench.partition import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "problems").mkdir()
    for number in range(3):
        save_problems(tmp_path / "problems" / f"{number:06}.npz", [lattice(), lattice(5, 4)])
    return tmp_path


def run(name: str, folder: Path, *, limit_s: float = 60.0) -> contest.Ran:
    return contest.run_contender(name, folder, seed=1, effort="quick", processes=2, limit_s=limit_s)


def test_each_process_answers_its_share(folder: Path) -> None:
    ran = run("growing", folder)
    assert ran.failure == ""
    assert 0.0 < ran.cpu_s < 30.0
    assert ran.wall_s > 0.0
    assert 20.0 < ran.peak_mb < 1000.0
    tally = judge_all(folder, "growing-1", 1)
    assert sum(tally.loads) == 3 * int(lattice().households.sum() + lattice(5, 4).households.sum())


def test_who_does_not_end_is_stopped_and_says_so(folder: Path) -> None:
    for number in range(3):
        save_problems(folder / "problems" / f"{number:06}.npz", [lattice(90, 90)])
    assert run("power", folder, limit_s=0.1).failure == "no answer in 0.1 CPU s (0 of 3 batches)"


def test_who_fails_says_why(folder: Path) -> None:
    half: dict[str, Any] = {"0.households": np.arange(3)}
    np.savez(folder / "problems" / "000001.npz", **half)
    ran = run("growing", folder)
    assert ran.failure == "failed (exit status 1)"
    assert "0.area" in contest.last_words(folder, "growing", 1)


def test_absent_peers_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRIDMAP_VAR", str(tmp_path))
    assert "pymetis is not installed" in contest.absent("metis")
    assert contest.absent("growing") == ""
    assert main(["--data", "city", "--buildings", "50", "--only", "metis", "--processes", "1"]) == 0


@pytest.mark.parametrize("name", ["metis", "kahip-eco", "mtkahypar", "kaminpar"])
def test_partitioners_divide_a_lattice_where_they_are_installed(folder: Path, name: str) -> None:
    if contest.absent(name):
        pytest.skip(contest.absent(name))
    assert run(name, folder).failure == ""
    assert len(judge_all(folder, f"{name}-1", 1).loads) > 10


def test_the_command_prints_a_table_and_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--buildings", "60", "--only", "growing", "--runs", "2", "--processes", "1", "--json"]
    assert main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    found = json.loads(lines[-1])
    assert found["communities"] >= 1
    assert found["units"] >= 60
    figures = found["methods"]["growing"]
    assert {key for _, key, _ in COLUMNS} <= set(figures)
    assert figures["not_contiguous"] == 0
    table = [line for line in lines if line.startswith("| ")]
    assert [line.count("|") for line in table] == [len(COLUMNS) + 2] * 2


def test_a_method_without_figures_has_its_reason_in_the_table() -> None:
    assert rows({"metis": {"failure": "no answer in 3 s"}})[1] == ["METIS k-way, contiguous", "no answer in 3 s"]


def test_a_file_that_cannot_serve_is_told_without_a_traceback(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["--data", str(tmp_path / "none.gpkg")]) == 2
    assert "no such file" in capsys.readouterr().err
