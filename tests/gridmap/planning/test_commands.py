"""`manage.py draw_grids` and the demo's seed."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from gridmap.jobs.models import Job
from gridmap.planning.models import Plan
from gridmap.planning.wording import SENTENCES, figure_rows, sentence
from gridmap.territory.models import GridEdition, Region
from tests.cast import Board
from tests.gridmap.planning.conftest import CODE


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("draw_grids", *arguments, stdout=out)
    return out.getvalue()


def test_a_draft_is_printed_grid_by_grid(town: Region) -> None:
    text = run("--community", CODE)
    assert "4 grids, draft" in text
    assert text.count("households") == 4
    assert not GridEdition.objects.exists()


def test_adopted_as_json(town: Region) -> None:
    answer = json.loads(run("--community", CODE, "--adopt", "--json"))
    assert answer["state"] == "adopted"
    assert [grid["code"] for grid in answer["grids"]] == [f"{CODE}00{number}" for number in (1, 2, 3, 4)]
    assert answer["figures"]["households"] == sum(grid["households"] for grid in answer["grids"]) == 1200


def test_other_sizes_draw_other_grids(town: Region) -> None:
    answer = json.loads(run("--community", CODE, "--target", "150", "--minimum", "120", "--maximum", "180", "--json"))
    assert all(120 <= grid["households"] <= 180 for grid in answer["grids"])


def test_all_draws_every_community(town: Region, board: Board) -> None:
    assert len(run("--all", "--json").splitlines()) == 4
    assert Plan.objects.values("community").distinct().count() == 4


@pytest.mark.parametrize(
    "arguments",
    [["--community", "123"], ["--community", CODE, "--minimum", "400"], [], ["--community", CODE, "--all"]],
)
def test_nonsense_is_refused(town: Region, arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)


def test_every_finding_has_a_sentence_that_its_figures_fill() -> None:
    names = "buildings households minimum maximum distance_m most_that_fill least_neighbour count least outside"
    figures = dict.fromkeys(names.split(), 7)
    for code in SENTENCES:
        assert "%(" not in sentence({"code": code, "params": figures})
    assert sentence({"code": "new", "params": {"a": 1}}) == "new {'a': 1}"


def test_the_figures_of_a_plan_have_names(town: Region) -> None:
    run("--community", CODE)
    rows = figure_rows(Plan.objects.get().figures)
    assert len(rows) == 12
    assert all(row.label and row.value for row in rows)


def test_a_community_that_is_refused_does_not_hold_up_the_others(
    town: Region, board: Board, capsys: pytest.CaptureFixture[str]
) -> None:
    Region.objects.create(code="990101001009", level=5, name="无界", parent=board.streets[0], source="x")
    with pytest.raises(CommandError, match="1 of 3"):
        run("--community", "990101001000", "--adopt")
    assert "无界" in capsys.readouterr().err
    assert GridEdition.objects.in_force().values("grid__community").distinct().count() == 2


@pytest.mark.parametrize("queue", [[], ["--queue"]])
def test_a_seed_below_nought_is_refused_before_anything_is_begun(town: Region, queue: list[str]) -> None:
    with pytest.raises(CommandError, match="seed must be 0 or more, not -1"):
        run("--community", CODE, "--seed", "-1", *queue)
    assert not Job.objects.exists()
