"""What was done to one thing, from the trail: who, when, and each value before and after."""

from __future__ import annotations

from typing import Any

from django.db.models import Field
from django.utils.translation import gettext as _

from gridmap.territory.hours import HoursError, from_json
from gridmap.territory.hours_words import week_text
from gridmap.territory.models.tended import Tended
from gridmap.traces.models import Entry, Kind
from gridmap.traces.services import change_of
from gridmap.traces.words import actor_labels

MOST = 50
#: Columns that say nothing to people: `position` says where, the shape's mark does not.
SILENT = frozenset({"id", "geom", "version", "by_hand", "geom_3857"})


def history_of(thing: Tended, *, newest: int = MOST) -> list[dict[str, Any]]:
    """Entries, newest first: {"at", "who", "what", "changes": [{"field", "label", "before", "after"}]}."""
    entries = Entry.objects.filter(
        table_name=thing._meta.db_table, row_id=str(thing.pk), kind__in=[Kind.INSERT, Kind.UPDATE]
    ).order_by("-id")[:newest]
    names = actor_labels(entry.actor for entry in entries)
    told = [_told(entry, thing, names) for entry in entries]
    return [one for one in told if one["changes"] or one["kind"] == Kind.INSERT]


def _told(entry: Entry, thing: Tended, names: dict[str, str]) -> dict[str, Any]:
    before, after = change_of(entry.pk)
    made = entry.kind == Kind.INSERT
    return {
        "at": entry.at.isoformat(),
        "who": names[entry.actor],
        "kind": entry.kind,
        "what": entry.kind_label,
        "changes": [] if made else [_change(thing, name, before, after) for name in after if name not in SILENT],
    }


def _change(thing: Tended, name: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    field: Any = next((one for one in thing._meta.get_fields() if getattr(one, "attname", "") == name), None)
    label = str(field.verbose_name) if isinstance(field, Field) else name
    return {
        "field": name,
        "label": label,
        "before": _worded(field, before.get(name)),
        "after": _worded(field, after.get(name)),
    }


def _worded(field: Any, value: Any) -> Any:
    choices = dict(field.flatchoices) if isinstance(field, Field) and field.choices else {}
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return _hours(value)
    return str(choices[value]) if value in choices else value


def _hours(value: dict[str, Any]) -> str:
    try:
        return week_text(from_json(value))
    except HoursError:
        return ""
