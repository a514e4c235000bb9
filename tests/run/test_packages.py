"""What the set-up finds on a machine, and what it asks for where something is missing."""

import os
from pathlib import Path

import pytest

from tests.run.shell import ROOT, output_of, program, run_parts

PYTHON_LOCKS = ("requirements.txt", "requirements-dev.txt", "bench/requirements.txt", "config/setup/uv.txt")


def with_programs(folder: Path) -> str:
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (
            "postgresql-15-postgis-3 postgresql-15-postgis-3-scripts postgresql-15",
            "postgresql-15-postgis-3 postgresql-15",
        ),
        (
            "postgresql-9-postgis-3 postgresql-17-postgis-3 postgresql-16-postgis-3",
            "postgresql-17-postgis-3 postgresql-17",
        ),
    ],
)
def test_the_newest_postgresql_with_postgis_is_taken(tmp_path: Path, offered: str, chosen: str) -> None:
    program(tmp_path / "bin", "apt-cache", f"printf '%s\\n' {offered}")
    names = output_of(
        "APT=(); package_names gettext postgis-cluster", var=tmp_path, PATH=with_programs(tmp_path / "bin")
    )
    assert names.split() == ["gettext", *chosen.split()]


def test_a_distribution_without_postgis_is_named(tmp_path: Path) -> None:
    program(tmp_path / "bin", "apt-cache", "echo postgresql-client")
    result = run_parts("APT=(); postgis_packages", var=tmp_path, PATH=with_programs(tmp_path / "bin"))
    assert result.returncode == 1
    assert "DATABASE_URL" in result.stderr


def test_the_command_for_an_administrator_is_whole_and_exact(tmp_path: Path) -> None:
    program(tmp_path / "bin", "apt-cache", "echo postgresql-15-postgis-3")
    result = run_parts(
        "give_command 'no sudo here' $'python3\\npostgis-cluster'", var=tmp_path, PATH=with_programs(tmp_path / "bin")
    )
    assert result.returncode == 1
    assert "create_main_cluster = false" in result.stderr
    line = next(line for line in result.stderr.splitlines() if "apt-get install" in line)
    assert line.rstrip().endswith("--no-install-recommends python3 postgresql-15-postgis-3 postgresql-15")


def test_a_given_database_needs_no_postgresql_here(tmp_path: Path) -> None:
    script = "find_postgres() { return 1; }; set_database_url; missing_needs demo"
    needs = output_of(script, var=tmp_path, DATABASE_URL="postgis://u:p@db/gridmap")
    assert "postgis-cluster" not in needs


def test_tests_ask_for_a_browser_and_the_demo_does_not(tmp_path: Path) -> None:
    script = """
        GIVEN_DATABASE_URL=given
        find_browser() { return 1; }; browser_from_apt() { true; }
        missing_needs demo; echo --; missing_needs test"""
    demo, test = output_of(script, var=tmp_path).split("--")
    assert "chromium" not in demo
    assert "chromium" in test


def test_ubuntus_snap_stub_is_no_browser(tmp_path: Path) -> None:
    program(tmp_path / "bin", "chromium", "echo 'the chromium snap is needed' # /snap/bin/chromium")
    script = "real_program chromium && echo real || echo stub"
    assert output_of(script, var=tmp_path, PATH=with_programs(tmp_path / "bin")) == "stub"


def test_an_old_python_is_passed_over(tmp_path: Path) -> None:
    program(tmp_path / "bin", "python3", "exit 1")
    found = output_of('find_python && echo "$PYTHON"', var=tmp_path, PATH=with_programs(tmp_path / "bin"))
    assert found != str(tmp_path / "bin" / "python3")


def test_a_mirror_of_pip_reaches_uv(tmp_path: Path) -> None:
    script = 'find_python; hand_on_index; echo "$UV_DEFAULT_INDEX"'
    assert (
        output_of(script, var=tmp_path, PIP_INDEX_URL="https://mirror.example/simple")
        == "https://mirror.example/simple"
    )


def test_the_environments_own_uv_index_wins(tmp_path: Path) -> None:
    script = 'find_python; hand_on_index; echo "$UV_DEFAULT_INDEX"'
    index = output_of(script, var=tmp_path, PIP_INDEX_URL="https://a.example", UV_DEFAULT_INDEX="https://b.example")
    assert index == "https://b.example"


def test_versions_compare_as_numbers(tmp_path: Path) -> None:
    script = "for pair in '3.10.0 3.3' '3.3.2 3.3' '3.2.9 3.3' '16 15'; do at_least $pair && echo yes || echo no; done"
    assert output_of(script, var=tmp_path).split() == ["yes", "yes", "no", "yes"]


@pytest.mark.parametrize(
    ("version", "postgis", "serves"), [(15, "3.3.2", True), (14, "3.4.0", False), (17, "3.2.1", False)]
)
def test_which_postgresql_serves(tmp_path: Path, version: int, postgis: str, serves: bool) -> None:
    folder = tmp_path / "usr" / "lib" / "postgresql" / str(version) / "bin"
    program(folder, "postgres", f"echo 'postgres (PostgreSQL) {version}.4 (Debian)'")
    program(folder, "initdb", "true")
    program(folder, "psql", "true")
    extension = tmp_path / "usr" / "share" / "postgresql" / str(version) / "extension"
    extension.mkdir(parents=True)
    (extension / "postgis.control").write_text(f"default_version = '{postgis}'\n")
    answer = output_of(f'postgres_serves "{folder}" && echo yes || echo no', var=tmp_path / "var")
    assert answer == ("yes" if serves else "no")


def test_data_of_another_major_is_not_opened(tmp_path: Path) -> None:
    folder = tmp_path / "postgresql" / "17" / "bin"
    program(folder, "postgres", "echo 'postgres (PostgreSQL) 17.4'")
    program(folder, "initdb", "true")
    program(folder, "psql", "true")
    program(folder, "pg_config", f"echo {tmp_path}/share")
    (tmp_path / "share" / "extension").mkdir(parents=True)
    (tmp_path / "share" / "extension" / "postgis.control").write_text("default_version = '3.5.0'\n")
    (tmp_path / "pg").mkdir()
    script = f'PGDATA="{tmp_path}/pg"; postgres_serves "{folder}" && echo yes || echo no'
    assert output_of(script, var=tmp_path / "var") == "yes"
    (tmp_path / "pg" / "PG_VERSION").write_text("15\n")
    assert output_of(script, var=tmp_path / "var") == "no"


def test_locks_name_no_registry() -> None:
    for name in [*PYTHON_LOCKS, "package-lock.json"]:
        assert "://" not in "".join(
            line for line in (ROOT / name).read_text().splitlines() if "funding" not in line and '"url"' not in line
        ), name


def test_every_locked_package_has_a_hash() -> None:
    for name in PYTHON_LOCKS:
        lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.lstrip().startswith("#")]
        pinned = [number for number, line in enumerate(lines) if not line.startswith(" ")]
        assert pinned
        assert all("--hash=sha256:" in lines[number + 1] for number in pinned), name


def test_the_command_names_a_database_even_without_package_lists(tmp_path: Path) -> None:
    program(tmp_path / "bin", "apt-cache", "exit 0")
    result = run_parts("give_command 'no lists' postgis-cluster", var=tmp_path, PATH=with_programs(tmp_path / "bin"))
    assert "--no-install-recommends postgresql postgresql-postgis" in result.stderr


def test_an_ordinary_user_without_time_zones_is_told_at_once(tmp_path: Path) -> None:
    """The distribution's PostgreSQL reads them from one fixed place."""
    script = """
        have() { [[ $1 != sudo ]]; }; missing_needs() { echo tzdata; }
        unpack_privately() { echo unpacked; }; install_as_root() { echo installed; }
        ensure_packages demo"""
    result = run_parts(script, var=tmp_path)
    told = "tzdata" in result.stderr and "apt-get install" in result.stderr
    assert told or os.geteuid() == 0
    assert "unpacked" not in result.stdout
