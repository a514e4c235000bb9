"""Documents tell the truth: every path, chore, command and page that they name exists."""

import re
from itertools import chain
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from tests.shared import ROOT

DOCUMENTS = sorted(chain(ROOT.glob("*.md"), ROOT.glob("docs/**/*.md")))
QUOTED = re.compile(r"`([^`\n]+)`")
TOP = {path.name for path in ROOT.iterdir()}
CHORE = re.compile(r"\./run ([a-z]+)(?: ([a-z_]+))?")
RUN = (ROOT / "run").read_text()
CHORES = set(re.findall(r"^  ([a-z]+) ", RUN, flags=re.MULTILINE))
#: Made on the reader's machine, not part of the checkout.
MADE = {"var", "node_modules"}


def words_of(path: object) -> list[str]:
    return QUOTED.findall(Path(str(path)).read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_exists(document: object) -> None:
    for word in words_of(document):
        name = word.split()[0].partition("::")[0].rstrip("/")
        first = name.split("/")[0]
        is_path = ("/" in name or name in TOP) and first in TOP - MADE
        if is_path and "*" not in name and "…" not in name:
            assert (ROOT / name).exists(), f"{document} names {word}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_chore_and_command_exists(document: object) -> None:
    text = Path(str(document)).read_text(encoding="utf-8")
    for chore, argument in CHORE.findall(text):
        assert chore in CHORES, f"{document} names ./run {chore}"
        if chore == "manage" and argument:
            assert argument in get_commands(), f"{document} names manage.py {argument}"
        if chore == "bench" and argument:
            assert (ROOT / "bench" / f"{argument}.py").exists(), f"{document} names the benchmark {argument}"
    for argument in re.findall(r"manage\.py ([a-z_]+)", text):
        assert argument in get_commands(), f"{document} names manage.py {argument}"


def test_every_command_of_ours_says_what_it_does() -> None:
    ours = {
        name: app for name, app in get_commands().items() if app.split(".")[0] in {"gridmap", "layers", "importers"}
    }
    assert {"draw_grids", "check_territory", "import_data", "generate_district", "worker"} <= set(ours)
    for name, app in ours.items():
        assert len(load_command_class(app, name).help) > 20, name


def test_every_dependency_is_explained() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    told = (ROOT / "docs" / "dependencies.md").read_text().lower()
    block = project[project.index("dependencies = [") : project.index("[tool.")]
    for name in re.findall(r'^    "([A-Za-z0-9_.-]+)', block, flags=re.MULTILINE):
        assert name.lower() in told or name.removeprefix("types-").lower() in told, name


def test_no_document_names_a_place_of_one_machine() -> None:
    for document in DOCUMENTS:
        text = document.read_text()
        assert not re.search(r"/(?:home|root|work)/[a-z]", text), document
