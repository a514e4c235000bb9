"""The columns that a person chose, kept for the next file of the same source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from importers.columns import targets
from importers.kinds import KINDS
from importers.models import ColumnMapping, ImportRun


def remember(run: ImportRun, chosen: Mapping[str, str]) -> None:
    """Keep a decision on the columns for this source and area; one that leaves nothing to read is not kept."""
    if not _spoils(run.kind, chosen):
        ColumnMapping.objects.update_or_create(
            source=run.source, kind=run.kind, area=run.area, defaults={"mapping": dict(chosen)}
        )


def recalled(run: ImportRun, columns: Sequence[str]) -> dict[str, str]:
    """What was decided for this source and area; {} where it was decided about a file with other columns."""
    found = ColumnMapping.objects.filter(source=run.source, kind=run.kind, area=run.area).first()
    if found is None or _spoils(run.kind, found.mapping):
        return {}
    named = [column for column in found.mapping.values() if column]
    fits = not named or any(column in columns or set(column.split("+")) <= set(columns) for column in named)
    return dict(found.mapping) if fits else {}


def _spoils(kind: str, chosen: Mapping[str, str]) -> bool:
    """Whether a choice says that a required field has no column, or that no field at all has one."""
    required = KINDS[kind].required if kind in KINDS else ()
    nothing = targets(kind) and all(chosen.get(target) == "" for target in targets(kind))
    return bool(nothing) or any(chosen.get(name) == "" for name in required)
