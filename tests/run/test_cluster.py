"""A private cluster made, killed and brought back by the same scripts that serve the demo."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.run.shell import lend_venv, output_of, run_parts

PLACES = "enter_sysroot; set_database_url; set_run_folder; find_postgres; "
ASK = PLACES + '"$PG_BIN/psql" -h "$PGSOCKET" -U gridmap -d gridmap -XAtc "{sql}"'


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """A running cluster of its own. Its sysroot, where the machine needs one, is that of the checkout."""
    folder = Path(tempfile.mkdtemp(prefix="gridmap-cluster-"))
    folder.chmod(0o755)
    lend_venv(folder)
    unpacked = Path(os.environ.get("GRIDMAP_VAR", "var")).resolve() / "sysroot"
    if unpacked.exists():
        (folder / "sysroot").symlink_to(unpacked)
    if run_parts(PLACES, var=folder).returncode:
        shutil.rmtree(folder)
        pytest.skip("no PostgreSQL >= 15 with PostGIS >= 3.3 on this machine")
    try:
        output_of(PLACES + "ensure_secret_key; ensure_cluster; start_postgres", var=folder, timeout_s=120, PORT="18000")
        yield folder
    finally:
        run_parts(PLACES + "stop_processes", var=folder, timeout_s=90)
        shutil.rmtree(folder)


def ask(var: Path, sql: str) -> str:
    return output_of(ASK.format(sql=sql), var=var)


def postmaster(var: Path) -> int:
    return int((var / "pg" / "postmaster.pid").read_text().split()[0])


def wait_until_it_answers(var: Path, *, not_pid: int) -> None:
    """Return as soon as another server process answers."""
    begun = time.monotonic()
    while time.monotonic() - begun < 60:
        reply = run_parts(ASK.format(sql="select 1"), var=var)
        if reply.returncode == 0 and postmaster(var) != not_pid:
            return
        time.sleep(0.2)
    pytest.fail("the database did not come back within 60 s")


def test_it_speaks_postgis_and_checks_its_pages(var: Path) -> None:
    ask(var, "create extension if not exists postgis")
    assert ask(var, "select st_area(st_makeenvelope(0, 0, 2, 3))") == "6"
    assert ask(var, "select round(st_x(st_transform(st_setsrid(st_point(120, 30), 4326), 3857)))") == "13358339"
    assert ask(var, "show data_checksums") == "on"
    assert ask(var, "show fsync") == "on"


def test_nobody_else_reaches_it(var: Path) -> None:
    assert ask(var, "show listen_addresses") == ""
    assert (var / "socket").stat().st_mode & 0o777 == 0o700
    assert (var / "pg").stat().st_mode & 0o777 == 0o700


def test_root_does_not_run_the_server(var: Path) -> None:
    assert Path(f"/proc/{postmaster(var)}").stat().st_uid != 0


def test_it_comes_back_after_a_kill_with_what_was_committed(var: Path) -> None:
    ask(var, "create table kept(n int)")
    for _ in range(2):
        ask(var, "insert into kept values (1)")
        killed = postmaster(var)
        os.kill(killed, signal.SIGKILL)
        wait_until_it_answers(var, not_pid=killed)
    assert ask(var, "select count(*) from kept") == "2"


def test_orphaned_backends_do_not_keep_it_from_coming_back(var: Path) -> None:
    busy = "select sum(sqrt(n)) from generate_series(1, 500000000) n"
    output_of(PLACES + f'"$PG_BIN/psql" -h "$PGSOCKET" -U gridmap -d gridmap -c "{busy}" >/dev/null 2>&1 &', var=var)
    time.sleep(0.5)
    killed = postmaster(var)
    os.kill(killed, signal.SIGKILL)
    wait_until_it_answers(var, not_pid=killed)
    still = "select count(*) from pg_stat_activity where query like '%(1, 500000000)%' and pid <> pg_backend_pid()"
    assert ask(var, still) == "0"


def test_a_second_start_changes_nothing(var: Path) -> None:
    before = postmaster(var)
    output_of(PLACES + "ensure_secret_key; ensure_cluster; start_postgres", var=var, timeout_s=120, PORT="18000")
    assert postmaster(var) == before


def test_it_is_taken_over_when_the_supervisor_was_killed(var: Path) -> None:
    ask(var, "create table if not exists taken_over(n int)")
    before = postmaster(var)
    os.kill(int((var / "run" / "supervisord.pid").read_text()), signal.SIGKILL)
    time.sleep(0.3)
    assert ask(var, "select 1") == "1", "the server outlives its supervisor"
    output_of(
        PLACES + "ensure_secret_key; ensure_cluster; start_supervisor; start_postgres",
        var=var,
        timeout_s=120,
        PORT="18000",
    )
    wait_until_it_answers(var, not_pid=before)
    assert ask(var, "select count(*) from taken_over") == "0"


def test_a_reused_process_number_does_not_lock_it_out(var: Path) -> None:
    output_of(PLACES + "stop_processes", var=var, timeout_s=90)
    assert not (var / "pg" / "postmaster.pid").exists()
    (var / "pg" / "postmaster.pid").write_text(f"{os.getpid()}\n{var}/pg\n1\n5432\n{var}/socket\n\n  1 1\nready\n")
    output_of(PLACES + "ensure_secret_key; ensure_cluster; start_postgres", var=var, timeout_s=120, PORT="18000")
    assert ask(var, "select 1") == "1"


def test_migrations_are_the_owners_and_everything_else_the_applications(var: Path) -> None:
    whom = "from django.db import connection as c; u = c.cursor(); u.execute('select user'); print(*u.fetchone())"
    script = f"""
        ensure_secret_key; ensure_personal_keys
        quietly manage migrate --noinput
        manage check_traces
        manage shell --no-imports -c "{whom}" """
    told = output_of(PLACES + script, var=var, timeout_s=280).splitlines()
    assert told[-1] == "gridmap_app"
    assert ask(var, "select distinct tableowner from pg_tables where tablename like 'traces_%'") == "gridmap"
    assert ask(var, "select rolsuper or rolbypassrls from pg_roles where rolname = 'gridmap_app'") == "f"
    assert ask(var, "select has_table_privilege('gridmap_app', 'traces_entry', 'insert, delete, truncate')") == "f"
    assert (
        ask(var, "select proleakproof from pg_proc where proname = 'geometry_overlaps' and pronargs = 2 limit 1") == "t"
    )
