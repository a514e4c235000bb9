"""`./run` says what it can do, and can do what it says."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.run.shell import ROOT, SETUP, environment, output_of, run_parts

CHORES = ["demo", "test", "nightly", "lint", "types", "bench", "manage", "messages", "docs", "shell", "stop", "reset"]


def call(*arguments: str, var: Path, cwd: Path = ROOT, text: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(ROOT / "run"), *arguments],
        cwd=cwd,
        env=environment(var),
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_alone_it_lists_every_chore_with_one_line_each(tmp_path: Path) -> None:
    listed = call(var=tmp_path / "var")
    assert listed.returncode == 0
    assert re.findall(r"^  (\w+)", listed.stdout, re.MULTILINE) == CHORES
    assert not (tmp_path / "var").exists(), "listing chores must touch nothing"


@pytest.mark.parametrize("chore", CHORES)
def test_every_listed_chore_exists(chore: str) -> None:
    functions = re.findall(r"^chore_(\w+)\(\)", (SETUP / "chores.sh").read_text(), re.MULTILINE)
    assert chore in functions
    assert re.search(rf"^    .*\b{chore}\b.*\)$", (ROOT / "run").read_text(), re.MULTILINE)


def test_no_chore_is_hidden() -> None:
    assert sorted(re.findall(r"^chore_(\w+)\(\)", (SETUP / "chores.sh").read_text(), re.MULTILINE)) == sorted(CHORES)


def test_an_unknown_chore_is_refused_with_the_list(tmp_path: Path) -> None:
    refused = call("dance", var=tmp_path)
    assert refused.returncode == 2
    assert "dance" in refused.stderr
    assert "demo" in refused.stderr


def test_it_works_from_any_folder_and_through_a_link(tmp_path: Path) -> None:
    link = tmp_path / "gm"
    link.symlink_to(ROOT / "run")
    listed = subprocess.run([str(link)], cwd="/", capture_output=True, text=True, timeout=20, check=False)
    assert listed.returncode == 0
    assert "reset" in listed.stdout


def test_reset_without_a_yes_deletes_nothing(tmp_path: Path) -> None:
    media = tmp_path / "media"
    media.mkdir()
    answer = call("reset", var=tmp_path, text="no\n")
    assert answer.returncode == 1
    assert "nothing was deleted" in answer.stderr
    assert media.exists()


def test_stop_where_nothing_is_installed_says_so(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    stopped = subprocess.run(
        [str(ROOT / "run"), "stop"],
        env=environment(tmp_path, DATABASE_URL="postgis://elsewhere/gridmap"),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert stopped.returncode == 0
    assert "nothing runs" in stopped.stderr


def test_continuous_integration_calls_the_tests() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "/../run" in script.read_text()
    assert " test " in script.read_text()


def test_every_part_is_sound_bash_and_is_sourced() -> None:
    sourced = re.search(r"for part in ([a-z ]+);", (ROOT / "run").read_text())
    assert sourced
    parts = {f"{name}.sh" for name in sourced[1].split()}
    assert parts | {"postgres_process.sh"} == {path.name for path in SETUP.glob("*.sh")}
    for path in [ROOT / "run", *SETUP.glob("*.sh")]:
        checked = subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, timeout=20, check=False)
        assert checked.returncode == 0, checked.stderr


def test_a_step_that_fails_shows_the_end_of_its_log(tmp_path: Path) -> None:
    result = run_parts("quietly bash -c 'echo the reason; exit 7'", var=tmp_path)
    assert result.returncode == 7
    assert "the reason" in result.stderr
    assert "setup.log" in result.stderr


def test_a_step_that_succeeds_stays_quiet(tmp_path: Path) -> None:
    result = run_parts("quietly bash -c 'echo chatter'", var=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert "chatter" in (tmp_path / "log" / "setup.log").read_text()


def test_stamps_follow_the_content_of_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("one")
    script = f'hash="$(files_hash "{lock}")"; stamped x "$hash" && echo done || stamp x "$hash"'
    assert output_of(script, var=tmp_path / "var") == ""
    assert output_of(script, var=tmp_path / "var") == "done"
    lock.write_text("two")
    assert output_of(script, var=tmp_path / "var") == ""
