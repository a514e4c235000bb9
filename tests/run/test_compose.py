"""docker-compose.yml: no Docker engine is needed to see that it is sound and names only what exists."""

import re
import shlex
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import get_commands
from django.utils.module_loading import import_string

from tests.run.shell import ROOT

STRINGS = {"type": "array", "items": {"type": "string"}}
CONDITIONS = ["service_started", "service_healthy", "service_completed_successfully"]
SERVICE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["image"],
    "properties": {
        "image": {"type": "string", "pattern": r"^[a-z0-9./-]+(:[A-Za-z0-9._-]+)?$"},
        "build": {"type": "string"},
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "command": {"oneOf": [{"type": "string"}, STRINGS]},
        "environment": {"type": "object", "additionalProperties": {"type": ["string", "number"]}},
        "ports": STRINGS,
        "volumes": STRINGS,
        "depends_on": {
            "oneOf": [
                STRINGS,
                {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "required": ["condition"],
                        "additionalProperties": False,
                        "properties": {"condition": {"enum": CONDITIONS}},
                    },
                },
            ]
        },
        "healthcheck": {
            "type": "object",
            "additionalProperties": False,
            "required": ["test"],
            "properties": {
                "test": STRINGS,
                "interval": {"type": "string", "pattern": r"^\d+(ms|s|m|h)$"},
                "retries": {"type": "integer"},
            },
        },
    },
}
COMPOSE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["services"],
    "patternProperties": {"^x-": {}},
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]*$"},
        "services": {"type": "object", "patternProperties": {"^[a-z]+$": SERVICE}, "additionalProperties": False},
        "volumes": {"type": "object", "additionalProperties": {"type": "null"}},
    },
}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_it_follows_the_compose_format(compose: dict[str, Any]) -> None:
    jsonschema.validate(compose, COMPOSE)


def test_the_schema_refuses_a_misspelt_key(compose: dict[str, Any]) -> None:
    wrong = {**compose, "services": {"web": {"image": "gridmap", "comand": "granian"}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, COMPOSE)


def test_it_has_the_five_parts(compose: dict[str, Any]) -> None:
    assert {"database", "web", "stream", "worker", "proxy"} <= set(compose["services"])


def test_dependencies_name_services(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("depends_on", [])) <= set(compose["services"])


def test_volumes_are_declared_or_files_of_the_checkout(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (ROOT / source).exists(), volume


@pytest.mark.parametrize("name", ["migrate", "web", "stream", "worker"])
def test_every_command_it_names_exists(compose: dict[str, Any], name: str) -> None:
    words = shlex.split(compose["services"][name]["command"])
    if words[:2] == ["python", "manage.py"]:
        assert words[2] in get_commands()
        return
    module, attribute = words[1].split(":")
    assert callable(import_string(f"{module}.{attribute}"))
    assert re.search(rf"^{words[0]}==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)


def test_its_comment_names_commands_that_exist() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for command in re.findall(r"manage\.py (\w+)", text):
        assert command in get_commands()


def test_the_processes_are_the_same_as_those_of_the_demo(compose: dict[str, Any]) -> None:
    supervised = (ROOT / "config" / "supervisord.conf.in").read_text()
    for name in ["web", "stream"]:
        application = shlex.split(compose["services"][name]["command"])[1]
        assert application in supervised
    workers = re.findall(r"--workers \d+ --blocking-threads \d+", supervised + compose["services"]["web"]["command"])
    assert len(set(workers)) == 1


def test_the_proxy_knows_the_services_and_their_ports(compose: dict[str, Any]) -> None:
    proxy = (ROOT / "config" / "proxy.conf").read_text()
    for service, port in re.findall(r"server (\w+):(\d+);", proxy):
        assert re.search(rf"[ :]{port}\b", compose["services"][service]["command"])
    assert "proxy_buffering off" in proxy


def test_the_image_is_built_from_the_locks() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "--require-hashes -r requirements.txt" in dockerfile
    assert "npm ci --omit=dev" in dockerfile
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE):
        for name in copied.split():
            assert (ROOT / name).exists(), name


def test_the_database_logs_as_little_as_the_embedded_one(compose: dict[str, Any]) -> None:
    program, *options = compose["services"]["database"]["command"]
    assert program == "postgres"
    given = dict(option.removeprefix("-c").split("=") for option in options)
    embedded = (ROOT / "config" / "postgresql.conf").read_text()
    quiet = re.findall(
        r"^(log_(?:min_duration|min_error|error|statement|parameter)\w*) = (\S+)", embedded, re.MULTILINE
    )
    assert given == dict(quiet)
    assert {"log_min_error_statement", "log_error_verbosity", "log_statement"} <= set(given)


def test_only_the_migration_knows_the_owner_of_the_tables(compose: dict[str, Any]) -> None:
    for name in ["web", "stream", "worker"]:
        environment = compose["services"][name]["environment"]
        assert environment["DATABASE_URL"].startswith("postgis://gridmap_app:")
        assert not {"DATABASE_OWNER_URL", "POSTGRES_PASSWORD", "APP_DATABASE_PASSWORD"} & set(environment)
    migrate = compose["services"]["migrate"]["environment"]
    assert migrate["DATABASE_OWNER_URL"].startswith("postgis://gridmap:")
    assert migrate["DATABASE_URL"] == compose["services"]["web"]["environment"]["DATABASE_URL"]


def test_no_secret_stands_in_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert "${POSTGRES_PASSWORD:?" in text
    assert "${SECRET_KEY:?" in text
    assert "${FIELD_KEYS:?" in text
    assert "${BLIND_KEYS:?" in text
