"""Rows of a list as its page shows them: masked, each with its reasons in words and the field they are about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from gridmap.address.parse import parse
from gridmap.population.models import Resident
from gridmap.vault.ledger import How
from gridmap.vault.masks import HIDDEN
from gridmap.vault.sealing import open_text
from importers.lists.looks import shown_value
from importers.lists.models import ListRow
from importers.lists.placing import address_of
from importers.lists.sentences import LIST_TARGETS, OF_PEOPLE, PLACE_SENTENCES, label_of_field
from importers.lists.understanding import door_of, remarks_on
from importers.models import ImportRun
from importers.sentences import reason_text, sentence

ROWS_PER_PAGE = 50
TABLE = "importers_listrow"
#: What a row shows, in this order, where it has it.
SHOWN = ("name", "id_number", "phone", "owner_name", "owner_phone", "address", "compound", "building", "birth",
         "relation", "person_kind", "care", "risk", "occupancy", "purpose")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A row for a template."""

    row: ListRow
    values: list[tuple[str, str]]
    reasons: list[str]
    place: str
    changes: list[str]
    conflicts: list[str]


def page_of(run: ImportRun, action: str, number: str | None) -> Any:
    """One page of the rows with this action, inside a door; its `shown` are `Shown`.

    Rows for the street to decide are shown once the list is applied; before, a list could be brought to ask alone.
    """
    rows = ListRow.objects.filter(run=run, action=action).select_related("building__compound").order_by("row", "pk")
    if action == ListRow.Action.STREET and run.applied_at is None:
        rows = rows.none()
    page = Paginator(rows, ROWS_PER_PAGE).get_page(number)
    page.shown = shown(list(page))  # type: ignore[attr-defined]
    return page


def shown(rows: Sequence[ListRow]) -> list[Shown]:
    """Rows as they may be seen; inside a door, which notes that they were looked at masked."""
    missing = [row.target for row in rows if row.action == ListRow.Action.MISSING and row.target is not None]
    held = {one.pk: one.name.mask() for one in Resident.objects.filter(pk__in=missing)}
    return [_shown(row, held) for row in rows]


def _shown(row: ListRow, held: dict[Any, str]) -> Shown:
    values = opened(row, How.MASKED)
    pairs = [(label_of_field(name), shown_value(name, values[name])) for name in SHOWN if values.get(name)]
    pairs = [(label, text) for label, text in pairs if text != HIDDEN]
    if row.target in held:
        pairs = [(label_of_field("name"), held[row.target])]
    reasons = [_reason(reason) for reason in json.loads(_text(row, "reasons", How.MASKED) or "[]")]
    found = [_found(reason) for reason in row.found]
    if row.action == ListRow.Action.WAITING:
        found.insert(0, str(row.get_state_display()))
    return Shown(
        row=row,
        values=pairs,
        reasons=[*remarks_on(row, values), *reasons, *found],
        place=_place(row),
        changes=[label_of_field(name) for name in row.changes],
        conflicts=[label_of_field(name) for name in row.conflicts],
    )


def opened(row: ListRow, how: How) -> dict[str, Any]:
    """What a row says, noted as masked where no more of it is shown."""
    found: dict[str, Any] = json.loads(_text(row, "values", how) or "{}")
    return found


def _text(row: ListRow, column: str, how: How) -> str:
    blob = getattr(row, column).blob()
    return open_text(TABLE, column, row.pk, blob, how) if blob else ""


def _reason(reason: dict[str, Any]) -> str:
    """A reason about a field that files about the ground call otherwise goes by the word of lists."""
    name = str(reason.get("field") or "")
    return reason_text(
        {**reason, "field": label_of_field(name)} if name in OF_PEOPLE or name in LIST_TARGETS else reason
    )


def _found(reason: dict[str, Any]) -> str:
    code = str(reason["code"])
    return str(PLACE_SENTENCES[code]) if code in PLACE_SENTENCES else sentence(code, reason.get("params"))


def _place(row: ListRow) -> str:
    """The building found, with unit and room as they were understood."""
    return f"{label_of(row.building)} {door_of(row)}".strip() if row.building is not None else ""


def label_of(building: Any) -> str:
    """A building as people call it: compound and number, else its address."""
    compound = building.compound.name if building.compound is not None else ""
    number = building.number or building.name
    return f"{compound} {number}".strip() if compound else building.address or number or building.source_ref


def said_of(row: ListRow) -> list[tuple[str, str]]:
    """What the address of a row says about the building: street and door number, compound, number, unit and room."""
    values = opened(row, How.CLEAR)
    read = parse(address_of(values))
    street = f"{read.before}{read.door}号" if read.door else read.before
    parts = [
        (_("community"), str(values.get("community") or "")),
        (_("street"), street),
        (_("compound"), read.compound),
        (_("building"), f"{read.building}{read.mark}" if read.building else ""),
        (label_of_field("unit"), read.unit),
        (label_of_field("room"), read.room),
    ]
    return [(label, text) for label, text in parts if text]


def candidates_of(row: ListRow, buildings: dict[int, Any]) -> list[dict[str, Any]]:
    """The proposed buildings with score in per cent and reasons in words, best first."""
    found = []
    for one in row.candidates:
        building = buildings.get(one["building"])
        if building is not None:
            reasons = [str(PLACE_SENTENCES.get(code, code)) for code in one["reasons"]]
            percent = round(100 * one["score"])
            found.append({"building": building, "label": label_of(building), "percent": percent, "reasons": reasons})
    return found
