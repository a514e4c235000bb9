"""What a row of a list says about one person, put together: the ID number settles birthday and gender."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from importers.lists.cells import birth_of, gender_of
from importers.records import Reason, Value, Weight

#: Without these nobody knows who is meant: what is wrong in them refuses the row, elsewhere the value is left out.
IDENTIFYING = frozenset({"name", "id_number"})


class Row(Protocol):
    """What this room needs of a checked row."""

    fields: dict[str, Value]
    reasons: list[Reason]


def complete(row: Row, mapping: Mapping[str, str]) -> None:
    """Birthday and gender from the ID number where it has them, noted where the row says otherwise; care in one."""
    number = str(row.fields.get("id_number") or "")
    born, gender = birth_of(number), gender_of(number)
    if born is not None:
        _settle(row, mapping, "birth", born.isoformat(), "birth_differs_from_id")
    if gender:
        _settle(row, mapping, "gender", gender, "gender_differs_from_id")
    if "care" in row.fields or "subsidy" in row.fields or "disability" in row.fields:
        row.fields["care"] = ",".join(_care(row.fields))


def _settle(row: Row, mapping: Mapping[str, str], field: str, value: str, code: str) -> None:
    said = row.fields.get(field)
    if said and str(said) != value and not (field == "birth" and _same_when_short(str(said), value)):
        row.reasons.append(Reason(code, Weight.NOTED, mapping.get(field, field)))
    row.fields[field] = value


def _same_when_short(said: str, value: str) -> bool:
    """A year or a month alone, which stands as its first day, contradicts nothing."""
    return (said.endswith("-01-01") and said[:4] == value[:4]) or (said.endswith("-01") and said[:7] == value[:7])


def _care(fields: Mapping[str, Value]) -> list[str]:
    kinds = [kind for name in ("care", "subsidy") for kind in str(fields.get(name) or "").split(",") if kind]
    if fields.get("disability"):
        kinds.append("disabled")
    return list(dict.fromkeys(kinds))


def birth_year(fields: Mapping[str, Value]) -> int | None:
    """The year of birth that a row says."""
    born = str(fields.get("birth") or "")
    return int(born[:4]) if born else None
