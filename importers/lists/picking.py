"""What a person decides about rows whose address means no building or several: this one, none, a spelling for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from gridmap.accounts.models import User
from gridmap.accounts.permissions import codes_in
from gridmap.territory.models import Building
from gridmap.vault.blind import blind_of
from importers.lists.models import CompoundAlias, ListRow
from importers.lists.placing import SPELLING_CHARACTERS, Places
from importers.lists.plan import values_of
from importers.lists.rows import put
from importers.models import ImportRun
from importers.records import RefusedError

State = ListRow.State
#: Buildings that a search for another one shows.
MOST_FOUND = 20
SHORTEST_SPELLING = 2


@dataclass(frozen=True, slots=True)
class Picked:
    """How many rows got a building by one decision."""

    rows: int
    spelling: str = ""


def pick(run: ImportRun, row: ListRow, building: Building, *, spelling: bool, by: User) -> Picked:
    """`building` for an open row, inside a door; with `spelling` its compound for every row that writes it so, now and
    in later lists of this area. RefusedError("building_outside") where the building lies outside the area."""
    if not buildings_in(run.area).filter(pk=building.pk).exists():
        raise RefusedError("building_outside")
    row.building, row.state, row.picked, row.found, row.action = building, State.MATCHED, True, [], ""
    row.save(update_fields=["building", "state", "picked", "found", "action"])
    if not spelling or building.compound is None or not row.spelling:
        return Picked(1)
    written = row.spelling.reveal()
    if len(written) < SHORTEST_SPELLING:
        return Picked(1)
    CompoundAlias.objects.update_or_create(
        area=run.area,
        spelling=written[:SPELLING_CHARACTERS],
        defaults={"compound": building.compound, "decided_by": by},
    )
    return Picked(1 + _place_again(run, written), written)


def _place_again(run: ImportRun, spelling: str) -> int:
    """Look for the buildings of the open rows with this spelling once more; how many are found now."""
    places, found = Places(run.area), 0
    for row in same_spelling(run, spelling):
        put(row, places.find(values_of(row)))
        if row.state == State.MATCHED:
            found += 1
            row.action, row.found = "", []
        row.save()
    return found


def same_spelling(run: ImportRun, spelling: str) -> Any:
    """The open rows of a list that write the compound so."""
    marks = blind_of("importers_listrow.spelling", spelling)
    return ListRow.objects.filter(run=run, state__in=ListRow.OPEN, spelling_blind__in=marks)


def leave_out(row: ListRow) -> None:
    """An open row that nobody wants to place: it is not written, and no longer asked about."""
    row.state, row.action, row.building = State.LEFT_OUT, ListRow.Action.REFUSED, None
    row.found = [{"code": "left_out_by_person", "weight": "refused", "field": "", "params": {}}]
    row.save(update_fields=["state", "action", "building", "found"])


def buildings_in(area: str) -> Any:
    """The buildings that rows of an import into `area` can mean."""
    inside = codes_in([area], "community__code") | codes_in([area], "grid__code")
    return Building.objects.filter(inside, active=True).select_related("compound", "community")


def search(area: str, words: str) -> list[Building]:
    """Buildings of the area by compound, number, name or address, for a person who knows which one is meant."""
    found = buildings_in(area)
    for word in words.split()[:4]:
        found = found.filter(
            Q(compound__name__icontains=word)
            | Q(number__istartswith=word)
            | Q(name__icontains=word)
            | Q(address__icontains=word)
        )
    return list(found.order_by("compound__name", "number", "pk")[:MOST_FOUND]) if words.strip() else []
