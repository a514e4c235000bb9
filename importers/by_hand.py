"""What people edited by hand is never overwritten by a file: where the two differ, both values are listed."""

from __future__ import annotations

from typing import Any

from importers.kind import Kind
from importers.records import Reason, Weight

COUNT = """
SELECT count(*) FROM importers_stagedrow WHERE run_id = %s AND reasons @> '[{"code": "edited_by_hand"}]'
"""


def kept(column: str) -> str:
    """SQL: whether the record's column was set by hand."""
    return f"'{column}' = ANY (t.by_hand)"


def conflict(column: str, differs: str, now: str, then: str) -> str:
    """SQL of the reason that names both values where a column set by hand differs from the file's; [] elsewhere."""
    reason = (
        "jsonb_build_array(jsonb_build_object('code', 'edited_by_hand', 'weight', 'noted',"
        f" 'field', '{column}', 'params', jsonb_build_object('kept', {now}, 'value', {then})))"
    )
    return f"CASE WHEN {kept(column)} AND {differs} THEN {reason} ELSE '[]'::jsonb END"


def note(run_id: Any, kinds: list[Kind], cursor: Any) -> list[Reason]:
    """How many rows differ from what people edited by hand, in one sentence; nothing where none does."""
    if not any(kind.tended for kind in kinds):
        return []
    cursor.execute(COUNT, [run_id])
    number = int(cursor.fetchone()[0])
    return [Reason("edited_by_hand_rows", Weight.NOTED, "", {"n": number})] if number else []
