"""Every route × role × own, child, sibling, foreign, expired area × state, against tables written from the rules."""

import os
import sys

import pytest

from tests.matrix.asking import Town, mismatches, route_names, sample
from tests.matrix.table import SECOND_FACTOR, Persona, Place, expected, rights, routes

#: Checks of one run: a sample in the suite; `./run nightly` asks for all.
CHECKS = int(os.environ.get("GRIDMAP_MATRIX_CHECKS", "600"))
SHARES = int(os.environ.get("GRIDMAP_MATRIX_SHARES", "1"))
SEED = int(os.environ.get("GRIDMAP_MATRIX_SEED", "20261122"))


def test_every_route_stands_in_the_table() -> None:
    assert route_names() == set(routes())


def test_every_role_stands_in_the_table() -> None:
    from gridmap.accounts.roles import Role

    assert set(rights()) == set(Role.values)
    assert set(rights()) >= SECOND_FACTOR


@pytest.mark.parametrize("share", range(SHARES))
def test_what_everybody_is_told(db: None, share: int, capsys: pytest.CaptureFixture[str]) -> None:
    town = Town()
    everything = town.checks()
    chosen = sample(everything, CHECKS, SEED)[share::SHARES]
    wrong = mismatches(town, chosen)
    with capsys.disabled():
        sys.stdout.write(f"\nmatrix: {len(chosen)} of {len(everything)} checks, {len(wrong)} mismatches\n")
    assert not wrong, "\n" + "\n".join(sorted(wrong)[:200])


def test_the_oracle_itself() -> None:
    """Planted wrong answers are found: the oracle does not say yes to everything."""
    adopt = "planning:adopt"
    place = Place("990101001001")
    assert expected(adopt, "POST", Persona("approver", "990101"), place) == "let in"
    assert expected(adopt, "POST", Persona("planner", "990101"), place) == "hidden"
    assert expected(adopt, "POST", Persona("approver", "990101002"), place) == "hidden"
    assert expected(adopt, "POST", Persona("approver", "990101", "ended now"), place) == "sign in"
    assert expected(adopt, "GET", Persona("approver", "990101"), place) == "wrong method"
