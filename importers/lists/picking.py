"""What a person decides about rows whose address means no building or several: this one, none, a spelling for good."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, When
from django.db.models.functions import Length

from gridmap.accounts.models import User
from gridmap.accounts.permissions import codes_in
from gridmap.address.naming import is_generic
from gridmap.address.parse import parse
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
NONE = Q(pk__in=[])
_FIGURES = re.compile(r"\d|[〇零一二两三四五六七八九十百]+(?:号|栋|幢|座|楼|单元|室|层|门|户|房)")


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
    name = name_in(written)
    if not name:
        return Picked(1)
    CompoundAlias.objects.update_or_create(
        area=run.area, spelling=name, defaults={"compound": building.compound, "decided_by": by}
    )
    return Picked(1 + _place_again(run, written), name)


def name_in(written: str) -> str:
    """What of a spelling names a compound and may be kept in clear; "" where figures or a door stand in it.

    A door is somebody's address, and figures may be one.
    """
    read = parse(written)
    door = read.door or read.building or read.unit or read.floor or read.room
    name = read.place[:SPELLING_CHARACTERS]
    figures = _FIGURES.search(unicodedata.normalize("NFKC", written))
    return "" if door or figures or len(name) < SHORTEST_SPELLING or is_generic(name) else name


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
    """Buildings of the area by compound, number, name or address, for a person who knows which one is meant; first
    those with the very number that is written, however its word is (3栋, 3号楼)."""
    found, exact = buildings_in(area), NONE
    for word in _words_apart(words)[:4]:
        number = _has_number(word)
        exact |= number
        found = found.filter(
            number
            | Q(compound__name__icontains=word)
            | Q(number__istartswith=word)
            | Q(name__icontains=word)
            | Q(address__icontains=word)
        )
    ranked = found.annotate(rank=Case(When(exact, then=0), default=1))
    ordered = ranked.order_by("rank", "compound__name", Length("number"), "number", "pk")
    return list(ordered[:MOST_FOUND]) if words.strip() else []


def _words_apart(words: str) -> list[str]:
    """The words of a search; a compound and a number that are written as one (爱民佳苑3栋) are two."""
    found: list[str] = []
    for word in words.split():
        read = parse(word)
        together = read.place and read.building and not read.door
        found += [read.place, f"{read.building}{read.mark}"] if together else [word]
    return found


def _has_number(word: str) -> Q:
    """Buildings with the number that `word` writes; nothing to ask for where it is none."""
    read = parse(word)
    figure = "" if read.place or read.before else read.building or read.door
    same = rf"^0*{re.escape(figure)}(?![0-9A-Za-z])"
    return Q(number__iregex=same) | Q(number="", name__iregex=same) if figure else NONE
