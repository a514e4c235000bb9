"""What an entry tells, in words: what was looked at, how far and why, and what was noted with it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from gridmap.traces.models import Entry, Kind
from gridmap.traces.words import actor_labels, column_label, table_label

ROWS_SHOWN = 200
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*")
#: What is noted beside an entry → what it is called.
DETAILS = {
    "status": gettext_lazy("answer"),
    "method": gettext_lazy("method"),
    "route": gettext_lazy("route"),
    "path": gettext_lazy("path"),
    "address": gettext_lazy("address"),
    "purpose": gettext_lazy("purpose"),
    "areas": gettext_lazy("areas"),
    "known": gettext_lazy("the name exists"),
    "name_mark": gettext_lazy("mark of the typed name"),
    "step": gettext_lazy("step"),
    "work": gettext_lazy("work"),
    "state": gettext_lazy("state"),
    "faults": gettext_lazy("faults"),
    "head": gettext_lazy("end of the chain"),
    "looked_for": gettext_lazy("looked for"),
    "entries": gettext_lazy("entries"),
    "first": gettext_lazy("first link"),
    "truncated": gettext_lazy("all rows at once"),
    "export": gettext_lazy("number of the export"),
    "rows": gettext_lazy("number of rows"),
    "layers": gettext_lazy("layers"),
    "format": gettext_lazy("format"),
    "clear": gettext_lazy("in clear"),
    "fields": gettext_lazy("fields"),
    "download": gettext_lazy("number of the download"),
    "person": gettext_lazy("person"),
    "kind": gettext_lazy("What"),
    "table": gettext_lazy("Table"),
    "row": gettext_lazy("row"),
    "place": gettext_lazy("Place"),
    "request": gettext_lazy("Request"),
    "since": gettext_lazy("from this day"),
    "until": gettext_lazy("to this day"),
    "looks": gettext_lazy("auditors' own looks, too"),
    "count": gettext_lazy("how often"),
    "reason": gettext_lazy("reason"),
    "stopped": gettext_lazy("stopped because it took too long"),
    "minute": gettext_lazy("in the minute"),
    "addresses": gettext_lazy("number of addresses"),
    "refused": gettext_lazy("what was refused"),
}
#: Work and its states, as jobs and commands are called inside.
WORK = {
    "import_check": gettext_lazy("checking an import"),
    "import_apply": gettext_lazy("applying an import"),
    "people_export": gettext_lazy("making an export"),
    "layer_export": gettext_lazy("a file of layers"),
    "made": gettext_lazy("written"),
    "fetched": gettext_lazy("fetched"),
    "check_traces": gettext_lazy("checking the chain"),
    "prune_traces": gettext_lazy("pruning the trail"),
    "running": gettext_lazy("began"),
    "succeeded": gettext_lazy("finished"),
    "failed": gettext_lazy("failed"),
    "cancelled": gettext_lazy("cancelled"),
}
#: Fields of an export that no table has as a column of this name.
FIELDS = {
    "area": gettext_lazy("Place"),
    "building": gettext_lazy("building"),
    "door": gettext_lazy("door number"),
    "age": gettext_lazy("age"),
    "tags": gettext_lazy("care tags"),
    "occupancy": gettext_lazy("kind of occupancy"),
}
#: The reasons of a reveal; a sentence of the person's own follows.
REASONS = {
    "visit": gettext_noop("visit or call"),
    "emergency": gettext_noop("emergency"),
    "verify": gettext_noop("checking who somebody is"),
    "correct": gettext_noop("correcting the record"),
    "request": gettext_noop("at the resident's own request"),
    "other": gettext_noop("other"),
}
PURPOSES = {
    "searched by name": gettext_lazy("searched by name"),
    "searched by phone": gettext_lazy("searched by phone number"),
    "searched by id_number": gettext_lazy("searched by ID number"),
    "counted for an export": gettext_lazy("counted for an export"),
    "generated residents": gettext_lazy("generated residents"),
    "generated residents removed": gettext_lazy("generated residents removed"),
    "special groups: list": gettext_lazy("special groups: list"),
    "special groups: search": gettext_lazy("special groups: search"),
    "special groups: new record": gettext_lazy("special groups: new record"),
    "special groups: record": gettext_lazy("special groups: one record"),
}
#: What is done with a list of people; the list's own key follows.
STEPS = {
    "look": gettext_lazy("a list of people: looked at"),
    "check": gettext_lazy("a list of people: checked"),
    "compare": gettext_lazy("a list of people: compared"),
    "apply": gettext_lazy("a list of people: applied"),
    "forget": gettext_lazy("a list of people: cleared away"),
    "places": gettext_lazy("a list of people: places looked at"),
    "pick": gettext_lazy("a list of people: a place chosen"),
}
EXPORT = re.compile(r"export (\d+): (.*)", re.DOTALL)
REASON = re.compile(r"(\w+): (.*)", re.DOTALL)
STEP = re.compile(r"(\w+) [0-9a-f]{8}-[0-9a-f-]{27}")


def purpose_words(purpose: str) -> str:
    """Why somebody looked: the codes of the application in words, what a person wrote as it is."""
    if purpose in PURPOSES:
        return str(PURPOSES[purpose])
    step, export, reason = STEP.fullmatch(purpose), EXPORT.fullmatch(purpose), REASON.fullmatch(purpose)
    if step and step[1] in STEPS:
        return str(STEPS[step[1]])
    if export:
        return _("export %(number)s: %(purpose)s") % {"number": export[1], "purpose": export[2]}
    if reason and reason[1] in REASONS:
        return _("%(reason)s: %(text)s") % {"reason": _(REASONS[reason[1]]), "text": reason[2]}
    return purpose


def about(entry: Entry) -> str:
    """What stands behind the table in the list: how many rows of what, what was opened, why; or which row."""
    told = entry.detail
    if "opened" in told:
        return " · ".join(part for part in (_rows_of(entry), purpose_words(str(told.get("purpose") or ""))) if part)
    if entry.kind == Kind.EXPORT and "export" in told:
        numbers = {"number": told["export"], "rows": told.get("rows", "")}
        return _("export %(number)s downloaded, %(rows)s rows") % numbers
    if entry.table_name == "traces_entry" and entry.kind == Kind.READ:
        return _("%(count)s entries") % {"count": len(told.get("entries") or [])}
    if "work" in told:
        return " ".join(_value(name, told[name]) for name in ("work", "state") if name in told)
    if entry.row_id:
        return _person_or_row(entry)
    return _refused(told)


def _refused(told: Mapping[str, Any]) -> str:
    if "minute" in told:  # strangers, counted
        return _("%(count)s times, nobody signed in") % {"count": told.get("count")}
    return " ".join(str(told[name]) for name in ("status", "path") if name in told)


def _person_or_row(entry: Entry) -> str:
    tables = {"accounts_user": "user", "accounts_device": "device", "accounts_accesstoken": "token"}
    kind = tables.get(entry.table_name)
    return actor_labels([f"{kind}:{entry.row_id}"])[f"{kind}:{entry.row_id}"] if kind else entry.row_id


def _rows_of(entry: Entry) -> str:
    """`residents × 3, dwellings × 1`; of a reveal, whose values and which."""
    groups = _groups(entry.detail)
    if any(group["clear"] for group in groups) and entry.kind == Kind.REVEAL:
        groups = [group for group in groups if group["clear"]]
        columns = {column_label(group["table"], one): None for group in groups for one in group["clear"]}
        return f"{_counted(groups)} · {_listed(columns)}"
    return _counted(groups) or _("no rows")


def _counted(groups: Iterable[Mapping[str, Any]]) -> str:
    counts: dict[str, int] = {}
    for group in groups:
        counts[group["table"]] = counts.get(group["table"], 0) + len(group["rows"])
    ordered = sorted(counts.items(), key=lambda pair: -pair[1])
    return _listed(f"{table_label(table)} × {number}" for table, number in ordered)


def _groups(detail: Mapping[str, Any]) -> list[dict[str, Any]]:
    groups = detail.get("opened")
    return [group for group in groups if isinstance(group, dict)] if isinstance(groups, list) else []


def opened(detail: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Which rows of which tables were opened, and how far."""
    return [
        {
            "label": table_label(group["table"]),
            "table": group["table"],
            "masked": [column_label(group["table"], column) for column in group["masked"]],
            "clear": [column_label(group["table"], column) for column in group["clear"]],
            "count": len(group["rows"]),
            "rows": group["rows"][:ROWS_SHOWN],
        }
        for group in _groups(detail)
    ]


def details(detail: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What was noted, but for the list of what was opened; `names` are those of places by their code."""
    return [
        (str(DETAILS.get(name, name)), _value(name, value, names)) for name, value in detail.items() if name != "opened"
    ]


def _value(name: str, value: Any, names: Mapping[str, str] | None = None) -> str:
    if isinstance(value, list):
        return _listed(_value(name, one, names) for one in value) or "—"
    if isinstance(value, dict):
        return "；".join(f"{DETAILS.get(key, key)} {_value(key, one, names)}" for key, one in value.items()) or "—"
    text = text_of(value)
    if name in ("areas", "area", "place"):
        return place_words(text, names or {})
    words = {"work": WORK, "state": WORK, "fields": FIELDS}.get(name, {})
    if name == "fields" and text not in words:
        return column_label("population_resident", text)
    return purpose_words(text) if name == "purpose" else _coded(name, text, words)


def _coded(name: str, text: str, words: Mapping[str, Any]) -> str:
    if name == "kind" and text in Kind:
        return str(Kind(text).label)
    if name == "table":
        return table_label(text)
    if name == "person" and text.isdecimal():
        return actor_labels([f"user:{text}"])[f"user:{text}"]
    return str(words.get(text, text))


def place_words(area: str, names: Mapping[str, str]) -> str:
    """A place with its name beside the code."""
    if not area:
        return _("everywhere")
    return f"{names[area]} {area}" if area in names else area


def text_of(value: Any) -> str:
    """A value of a row: yes and no, lists without brackets, moments on the clock of here."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _listed(text_of(one) for one in value) or "—"
    if isinstance(value, dict):
        return "；".join(f"{key} {text_of(one)}" for key, one in value.items()) or "—"
    text = str(value)
    moment = parse_datetime(text) if MOMENT.fullmatch(text) else None
    return date_format(localtime(moment), "Y-m-d H:i:s") if moment is not None and moment.tzinfo else text


def _listed(parts: Iterable[str]) -> str:
    return "、".join(parts)
