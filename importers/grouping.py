"""Rows dissolved by a column: census units or plots become the areas they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import shapely

from importers.records import Reason, Record, RefusedError, Value, Weight


def grouped(records: Iterable[Record], column: str) -> Iterator[Record]:
    """One record per value of `column`, in order of first appearance: shapes united, whole numbers summed.

    Other fields are kept where all rows agree. Rows without a value or without a shape are handed on, refused.
    RefusedError("column_unknown") where the rows have no such column.
    """
    groups: dict[str, list[Record]] = {}
    for record in records:
        if column not in record.fields:
            raise RefusedError("column_unknown", column=column[:80])
        value = record.fields[column]
        if value is None or record.wkb is None or record.refused:
            if not record.refused:
                record.reasons.append(Reason("group_or_shape_missing", Weight.REFUSED, column))
            yield record
        else:
            groups.setdefault(str(value), []).append(record)
    for members in groups.values():
        yield _united(members, column)


def _united(members: list[Record], column: str) -> Record:
    first = members[0]
    shape = shapely.union_all(shapely.from_wkb([member.wkb for member in members]))
    reasons = [reason for member in members for reason in member.reasons if reason.weight is Weight.REPAIRED]
    record = Record(
        first.row, dict(first.fields), bytes(shapely.to_wkb(shape, byte_order=1)), reasons[:20], first.layer
    )
    for name, value in first.fields.items():
        if name != column:
            record.fields[name] = _common([member.fields.get(name) for member in members], value)
    return record


def _common(values: list[Value], first: Value) -> Value:
    if len(values) == 1 or all(value == first for value in values):
        return first
    counts = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    whole = len(counts) == len(values) and all(float(count).is_integer() for count in counts)
    return int(sum(counts)) if whole else None
