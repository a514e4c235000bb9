"""The only way to people's data: the database learns for which areas, and what was opened is written down."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, transaction

from gridmap.accounts.models import User
from gridmap.traces.actor import actor_for, current_request, named
from gridmap.traces.places import shared
from gridmap.traces.services import note
from gridmap.vault.ledger import Ledger, activate

KINDS = frozenset({"read", "reveal", "export", "import", "rotate"})
AREA = re.compile(r"[0-9]{0,15}", re.ASCII)
FORMER = "SELECT " + ", ".join(
    f"coalesce(current_setting('gridmap.{name}', true), '')" for name in ("areas", "actor", "request")
)
SET = "SELECT " + ", ".join(f"set_config('gridmap.{name}', %s, true)" for name in ("areas", "actor", "request"))


@contextmanager
def door(
    *,
    by: User | None,
    areas: Sequence[str],
    kind: str,
    purpose: str = "",
    command: str = "",
    place: str | None = None,
) -> Iterator[Ledger]:
    """One transaction in which rows of `areas` (code prefixes; "" is everywhere) exist and sealed values open.

    At the end one entry of `kind` lists what was opened, with `purpose`. Its area is `place`, the code of what is
    looked at (or the ledger's, where that is found inside only), or what `areas` have in common. An error inside
    undoes everything, the entry too. ValueError for what is no area code.
    """
    if kind not in KINDS:
        raise ValueError(f"a door has no kind {kind}")
    patterns = ",".join(_pattern(area) for area in areas)
    ledger = Ledger(place)
    actor = actor_for(by)
    if command and f"command:{command}" not in actor.split():
        actor = f"command:{command} {actor}".strip()
    with transaction.atomic(), named(actor):
        former = _step_in([patterns, actor, current_request()])
        with activate(ledger):
            yield ledger
        detail = {"opened": ledger.summary(), "purpose": purpose, "areas": list(areas)}
        note(kind=kind, area=shared(areas) if ledger.place is None else ledger.place, detail=detail)
        _set(former)  # an outer transaction goes on without this door's areas; a rollback restores them by itself


def _pattern(area: str) -> str:
    if not AREA.fullmatch(area):
        raise ValueError(f"{area!r} is no area")
    return f"{area}%"


def _step_in(values: list[str]) -> list[str]:
    """Set areas, actor and request until the end of the transaction; returns what they were."""
    with connection.cursor() as cursor:
        cursor.execute(FORMER)
        former = list(cursor.fetchone())
    _set(values)
    return former


def _set(values: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(SET, values)
