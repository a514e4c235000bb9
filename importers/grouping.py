"""Rows dissolved by a column: census units or plots become the areas they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import shapely

from importers.records import Reason, Record, RefusedError, Weight


def grouped(records: Iterable[Record], column: str) -> Iterator[Record]:
    """One record per value of `column`, in order of first appearance, the shapes united.

    A field is kept where all rows of the group agree on it. Rows without a value or a shape are refused.
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
        if any(member.fields.get(name) != value for member in members):
            record.fields[name] = None
    return record
