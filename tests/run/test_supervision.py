"""The configuration of the processes, as `./run` writes it."""

import shlex
import shutil
import tempfile
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path

import pytest

from gridmap.vault.keyring import Keyring
from tests.run.shell import ROOT, lend_venv, output_of, program, run_parts

RENDER = """
    set_database_url; set_run_folder; find_postgres || PG_BIN=/nowhere
    BIND=127.0.0.1 SITE_PORT=8123
    render_supervisor"""


def rendered(var: Path, **more: str) -> RawConfigParser:
    lend_venv(var)
    config = RawConfigParser(inline_comment_prefixes=None)
    config.read_string(output_of(RENDER, var=var, timeout_s=60, **more))
    return config


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A state folder with a short path that the account of the cluster can enter, too."""
    folder = Path(tempfile.mkdtemp(prefix="gridmap-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def test_four_programs_restart_by_themselves(open_folder: Path) -> None:
    config = rendered(open_folder / "var")
    programs = [name.removeprefix("program:") for name in config.sections() if name.startswith("program:")]
    assert programs == ["postgres", "web", "stream", "worker"]
    for name in programs:
        assert config[f"program:{name}"]["autorestart"] == "true"
        assert int(config[f"program:{name}"]["startretries"]) >= 1000


def test_every_program_it_names_exists(open_folder: Path) -> None:
    config = rendered(open_folder / "var")
    for name in ["web", "stream", "worker", "postgres"]:
        command = shlex.split(config[f"program:{name}"]["command"])
        assert Path(command[0]).exists(), command
    assert "@" not in str([dict(section) for section in config.values()]).replace("@@", "")


def test_web_and_stream_take_neighbouring_ports(open_folder: Path) -> None:
    config = rendered(open_folder / "var")
    assert "--host 127.0.0.1 --port 8123" in config["program:web"]["command"]
    assert "--port 8124" in config["program:stream"]["command"]


def test_a_given_database_is_not_supervised(open_folder: Path) -> None:
    config = rendered(open_folder / "var", DATABASE_URL="postgis://u:p@db/gridmap")
    assert "program:postgres" not in config
    assert "program:web" in config


def test_spaces_and_percent_signs_in_paths_survive(open_folder: Path) -> None:
    var = open_folder / "50 % of it"
    config = rendered(var)
    assert config["supervisord"]["childlogdir"] == f"{str(var).replace('%', '%%')}/log"
    assert shlex.split(config["program:web"]["command"])[0].replace("%%", "%") == f"{var}/venv/bin/granian"


def test_the_socket_stands_in_the_database_url_percent_encoded(open_folder: Path) -> None:
    script = 'set_database_url; printf "%s\n%s\n" "$DATABASE_URL" "$DATABASE_OWNER_URL"'
    url, owner = output_of(script, var=open_folder / "a b").split("\n")
    assert url.startswith("postgis://gridmap_app@/gridmap?host=%")
    assert owner == url.replace("gridmap_app@", "gridmap@")
    assert " " not in url


def test_a_long_path_gets_a_short_private_socket_folder(open_folder: Path) -> None:
    var = open_folder / ("long" * 20)
    folder = Path(output_of("set_run_folder; echo $RUN_FOLDER", var=var))
    assert len(str(folder)) <= 80
    assert folder.stat().st_mode & 0o777 == 0o700
    assert output_of("set_run_folder; echo $RUN_FOLDER", var=var) == str(folder), "the same path, the same folder"
    folder.rmdir()


def test_the_secret_key_is_made_once_and_private(tmp_path: Path) -> None:
    script = 'ensure_secret_key; echo "$SECRET_KEY"'
    first = output_of(script, var=tmp_path)
    assert len(first) >= 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert output_of(script, var=tmp_path) == first
    assert output_of(script, var=tmp_path, SECRET_KEY="given") == "given"


def test_the_keys_of_peoples_data_are_made_once_and_private(tmp_path: Path) -> None:
    script = 'ensure_personal_keys; printf "%s\n%s\n" "$FIELD_KEYS" "$BLIND_KEYS"'
    made = output_of(script, var=tmp_path)
    field, blind = made.split()
    assert field != blind
    Keyring(field_keys=field, field_cipher="aes-256-gcm", blind_keys=blind)
    for name in ("field_keys", "blind_keys"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert output_of(script, var=tmp_path) == made
    assert output_of(script, var=tmp_path, FIELD_KEYS="1:a", BLIND_KEYS="2:b").split() == ["1:a", "2:b"]


def test_processes_restart_when_a_key_changes(tmp_path: Path) -> None:
    script = "supervised_environment | sed -n 's/=.*//p'"
    assert {"FIELD_KEYS", "FIELD_CIPHER", "BLIND_KEYS"} <= set(output_of(script, var=tmp_path).split())


def test_the_site_never_learns_who_owns_the_tables(open_folder: Path) -> None:
    lend_venv(open_folder)
    fake = open_folder / "supervisord"
    program(fake.parent, fake.name, 'env >"$SEEN"')
    script = f"""
        set_database_url; set_run_folder; VENV="{open_folder}/fake"
        mkdir -p "$VENV/bin"; ln -s "{fake}" "$VENV/bin/supervisord"
        supervisor_lives() {{ false; }}; set_address() {{ :; }}; render_supervisor() {{ :; }}; SITE_PORT=1
        start_supervisor"""
    seen = open_folder / "seen"
    output_of(script, var=open_folder, SEEN=str(seen), APP_DATABASE_PASSWORD="hidden")
    environment = seen.read_text()
    assert "DATABASE_URL=postgis://gridmap_app@" in environment
    assert "DATABASE_OWNER_URL" not in environment
    assert "hidden" not in environment


def test_tests_and_migrations_are_the_owners(tmp_path: Path) -> None:
    script = "as_database_owner printenv DATABASE_URL; printenv DATABASE_URL"
    app, owner = "postgis://app@db/g", "postgis://owner@db/g"
    given = output_of(script, var=tmp_path, DATABASE_URL=app, DATABASE_OWNER_URL=owner)
    assert given.split() == ["postgis://owner@db/g", "postgis://app@db/g"]
    assert output_of(script, var=tmp_path, DATABASE_URL="postgis://one@db/g").split() == ["postgis://one@db/g"] * 2


def test_only_tests_do_not_wait_for_the_disk(tmp_path: Path) -> None:
    script = """
        in_checkout() { echo "$PGOPTIONS"; }
        run_tests tests/none; echo "${PGOPTIONS:-as ever}" """
    said = output_of(script, var=tmp_path, DATABASE_URL="postgis://one@db/g").splitlines()
    assert said[0].split() == ["-c", "synchronous_commit=off"]
    assert said[-1] == "as ever"


def test_a_taken_port_moves_both(tmp_path: Path) -> None:
    lend_venv(tmp_path)
    script = """
        set_run_folder
        port_taken() { [[ $1 == 8001 || $1 == 8002 ]]; }
        choose_port; echo "$SITE_PORT" """
    assert output_of(script, var=tmp_path) == "8004"


def test_an_address_for_everybody_allows_the_machines_names(tmp_path: Path) -> None:
    lend_venv(tmp_path)
    script = """
        set_run_folder; port_taken() { false; }; hostname() { echo '10.1.2.3 10.9.9.9 '; }
        set_address; echo "$SITE_HOST $ALLOWED_HOSTS $STREAM_URL" """
    host, allowed, stream = output_of(script, var=tmp_path, GRIDMAP_BIND="0.0.0.0").split()  # noqa: S104
    assert host == "10.1.2.3"
    assert {"10.1.2.3", "10.9.9.9", "localhost"} <= set(allowed.split(","))
    assert stream == "http://10.1.2.3:8001/stream"


def test_the_cluster_listens_to_no_network() -> None:
    settings = (ROOT / "config" / "postgresql.conf").read_text()
    assert "listen_addresses = ''" in settings
    assert "fsync" not in settings
    assert "listen_addresses= " in (ROOT / "config" / "setup" / "postgres_process.sh").read_text()


def test_asking_twice_for_the_database_keeps_it_our_own(open_folder: Path) -> None:
    script = "set_database_url; u=$DATABASE_URL; set_database_url; [[ $DATABASE_URL == $u ]] && embedded && echo ours"
    assert output_of(script, var=open_folder) == "ours"


def test_reset_deletes_the_data_and_keeps_the_packages(open_folder: Path) -> None:
    lend_venv(open_folder)
    for folder in ["pg", "media", "tiles"]:
        (open_folder / folder).mkdir()
    assert "deleted" in run_parts("chore_reset --yes", var=open_folder).stderr
    assert not [name for name in ["pg", "media", "tiles"] if (open_folder / name).exists()]
    assert (open_folder / "venv").exists()
