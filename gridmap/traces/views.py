"""The auditor's room. Looking at the trail leaves a trace, too."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gridmap.accounts.models import User
from gridmap.traces import chain
from gridmap.traces.forms import AddressForm, SearchForm
from gridmap.traces.models import Anchor, Entry, Seal
from gridmap.traces.places import shared
from gridmap.traces.search import PER_PAGE, Wish, audited_areas, entries_for, search
from gridmap.traces.services import change_of, note
from gridmap.traces.words import actor_labels, column_label, sentence, table_label

View = Callable[..., HttpResponse]
#: Links that the page checks at once, from the newest back; the night checks all.
CHECKED_AT_ONCE = 200_000
ROWS_SHOWN = 200


def for_auditors(view: View) -> View:
    """`view(request, areas, …)` for who audits somewhere, 404 for others; no copy of the page stays anywhere."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        areas = audited_areas(request.user) if isinstance(request.user, User) else []
        if not areas:
            raise Http404
        return view(request, areas, *args, **kwargs)

    return never_cache(guarded)


@require_http_methods(["GET", "POST"])
@for_auditors
def list_entries(request: HttpRequest, areas: list[str]) -> HttpResponse:
    """Newest first. A search is sent by POST and leads to an address that holds no name."""
    if request.method == "POST":
        form = SearchForm(request.POST)
        if form.is_valid():
            return redirect(f"{reverse('traces:list')}?{urlencode(form.query())}".rstrip("?"))
        return render(request, "traces/list.html", {"form": form, "entries": []}, status=400)
    wish = AddressForm(request.GET).wish()
    if wish is None:
        raise Http404
    found = search(areas, wish)
    entries, more = found[:PER_PAGE], len(found) > PER_PAGE
    _note_look(request, areas, detail={"looked_for": _told(wish), "entries": [entry.pk for entry in entries]})
    older = urlencode(_told(wish) | {"before": str(entries[-1].pk)}) if more else ""
    context = {"form": SearchForm(initial=_initial(wish)), "entries": _labelled(entries), "older": older, "wish": wish}
    return render(request, "traces/list.html", context)


@require_GET
@for_auditors
def show_entry(request: HttpRequest, areas: list[str], number: int) -> HttpResponse:
    """One entry with what was before and after, side by side."""
    entry = get_object_or_404(entries_for(areas), pk=number)
    _note_look(request, areas, detail={"entries": [entry.pk]})
    (labelled,) = _labelled([entry])
    seal = Seal.objects.filter(entry_id=entry.pk).first()
    context = {"entry": labelled, "seal": seal, "changes": _changes(entry), "told": _detail(entry.detail)}
    return render(request, "traces/entry.html", context | {"opened": _opened(entry.detail)})


@require_http_methods(["GET", "POST"])
@for_auditors
def show_chain(request: HttpRequest, areas: list[str]) -> HttpResponse:
    """Where the chain ends and what was anchored; POST checks it."""
    context: dict[str, Any] = {}
    if request.method == "POST":
        chain.seal_new()
        end = chain.head()
        first = max(1, (end.position if end else 0) - CHECKED_AT_ONCE + 1)
        found = chain.faults(first=first)
        detail = {"work": "check_traces", "first": first, "faults": len(found), "head": str(end or "")}
        note(kind="job", by=_person(request), table="traces_seal", area=shared(areas), detail=detail)
        context = {"checked": True, "first": first, "faults": [sentence(fault) for fault in found]}
    last = Seal.objects.order_by("-position").first()
    waiting = Entry.objects.filter(pk__gt=last.entry_id if last else 0).count()
    checks = Entry.objects.filter(table_name="traces_seal", kind="job").order_by("-id")[:5]
    context |= {"last": last, "head": chain.head(), "waiting": waiting, "checks": _labelled(list(checks))}
    return render(request, "traces/chain.html", context | {"anchors": Anchor.objects.order_by("-id")[:10]})


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _note_look(request: HttpRequest, areas: list[str], *, detail: Mapping[str, Any]) -> None:
    note(kind="read", by=_person(request), table="traces_entry", area=shared(areas), detail=detail)


def _told(wish: Wish) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(wish).items() if value and name != "before"}


def _initial(wish: Wish) -> dict[str, Any]:
    person = User.objects.filter(pk=wish.person).first() if wish.person else None
    return asdict(wish) | {"who": person.username if person else ""}


def _labelled(entries: list[Entry]) -> list[Entry]:
    actors = actor_labels(entry.actor for entry in entries)
    for entry in entries:
        entry.actor_label = actors[entry.actor]  # type: ignore[attr-defined]
        entry.table_label = table_label(entry.table_name)  # type: ignore[attr-defined]
        entry.about = _about(entry)  # type: ignore[attr-defined]
    return entries


def _about(entry: Entry) -> str:
    """Which row, which page was refused, which work: what stands behind the table in the list."""
    if entry.row_id:
        return entry.row_id
    told = entry.detail
    return " ".join(str(told[name]) for name in ("status", "path", "work") if name in told)


def _changes(entry: Entry) -> list[dict[str, str]]:
    """Column by column: name, before, after."""
    before, after = change_of(entry.pk)
    names = [*before, *(name for name in after if name not in before)]
    return [
        {
            "label": column_label(entry.table_name, name),
            "name": name,
            "before": _text(before[name]) if name in before else "",
            "after": _text(after[name]) if name in after else "",
        }
        for name in sorted(names)
    ]


def _detail(detail: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What was noted, but for the list of what was opened."""
    words = {
        "status": _("answer"),
        "method": _("method"),
        "route": _("route"),
        "path": _("path"),
        "address": _("address"),
        "purpose": _("purpose"),
        "areas": _("areas"),
        "known": _("the name exists"),
        "name_mark": _("mark of the typed name"),
        "step": _("step"),
        "work": _("work"),
        "state": _("state"),
        "faults": _("faults"),
        "head": _("end of the chain"),
        "looked_for": _("looked for"),
        "entries": _("entries"),
        "first": _("first link"),
        "truncated": _("all rows at once"),
    }
    return [(words.get(name, name), _text(value)) for name, value in detail.items() if name != "opened"]


def _opened(detail: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Which rows of which tables were opened, and how far."""
    groups = detail.get("opened")
    return [
        {
            "label": table_label(str(group["table"])),
            "table": group["table"],
            "masked": [column_label(str(group["table"]), column) for column in group["masked"]],
            "clear": [column_label(str(group["table"]), column) for column in group["clear"]],
            "count": len(group["rows"]),
            "rows": group["rows"][:ROWS_SHOWN],
        }
        for group in (groups if isinstance(groups, list) else [])
    ]


def _text(value: Any) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
