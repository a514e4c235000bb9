"""The auditor's room. Looking at the trail leaves a trace, too."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gridmap.accounts.models import User
from gridmap.accounts.places import atlas
from gridmap.accounts.staff.places import written
from gridmap.traces import chain
from gridmap.traces.forms import AddressForm, SearchForm
from gridmap.traces.models import Anchor, Entry, Seal
from gridmap.traces.places import shared
from gridmap.traces.search import (
    LONGEST_S,
    PER_PAGE,
    TooLongError,
    Wish,
    audited_areas,
    entries_for,
    search,
    within,
)
from gridmap.traces.services import change_of, note
from gridmap.traces.telling import about, details, opened, text_of
from gridmap.traces.words import actor_labels, column_label, sentence, table_label

View = Callable[..., HttpResponse]
#: Links that the page checks at once, from the newest back; the night checks all.
CHECKED_AT_ONCE = 200_000
CHECKED_WITHIN_S = 30.0
MOST_COUNTED = 100_000


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
        form = SearchForm(request.POST, areas=areas)
        if form.is_valid():
            return redirect(f"{reverse('traces:list')}?{urlencode(form.query())}".rstrip("?"))
        return render(request, "traces/list.html", {"form": form, "entries": []}, status=400)
    wish = AddressForm(request.GET).wish()
    if wish is None:
        raise Http404
    try:
        with within(LONGEST_S):
            found = search(areas, wish)
    except TooLongError:
        return _too_long(request, wish)
    entries, more = found[:PER_PAGE], len(found) > PER_PAGE
    _note_look(request, areas, detail={"looked_for": _told(wish), "entries": [entry.pk for entry in entries]})
    older = urlencode(_told(wish) | {"before": str(entries[-1].pk)}) if more else ""
    context = {"form": SearchForm(initial=_initial(wish)), "entries": _labelled(entries), "older": older, "wish": wish}
    return render(request, "traces/list.html", context)


def _too_long(request: HttpRequest, wish: Wish) -> HttpResponse:
    _note_look(request, audited_areas(_person(request)), detail={"looked_for": _told(wish), "stopped": True})
    form = SearchForm(initial=_initial(wish))
    return render(request, "traces/list.html", {"form": form, "entries": [], "too_long": True}, status=503)


@require_GET
@for_auditors
def show_entry(request: HttpRequest, areas: list[str], number: int) -> HttpResponse:
    """One entry with what was before and after, side by side."""
    entry = get_object_or_404(entries_for(areas), pk=number)
    _note_look(request, areas, detail={"entries": [entry.pk]})
    (labelled,) = _labelled([entry])
    seal = Seal.objects.filter(entry_id=entry.pk).first()
    context = {"entry": labelled, "seal": seal, "changes": _changes(entry), "told": _told_of(entry)}
    return render(request, "traces/entry.html", context | {"opened": opened(entry.detail)})


@require_http_methods(["GET", "POST"])
@for_auditors
def show_chain(request: HttpRequest, areas: list[str]) -> HttpResponse:
    """Where the chain ends and what was anchored; POST checks it."""
    context: dict[str, Any] = {}
    if request.method == "POST":
        chain.seal_new()
        end = chain.head()
        first = max(1, (end.position if end else 0) - CHECKED_AT_ONCE + 1)
        context = _checked(first, end)
        note(kind="job", by=_person(request), table="traces_seal", area=shared(areas), detail=context["told"])
    last = Seal.objects.order_by("-position").first()
    waiting = Entry.objects.filter(pk__gt=last.entry_id if last else 0)[:MOST_COUNTED].count()
    checks = Entry.objects.filter(table_name="traces_seal", kind="job").order_by("-id")[:5]
    context |= {"last": last, "head": chain.head(), "waiting": waiting, "checks": _labelled(list(checks))}
    return render(request, "traces/chain.html", context | {"anchors": Anchor.objects.order_by("-id")[:10]})


def _checked(first: int, end: chain.Head | None) -> dict[str, Any]:
    """What a check from link `first` on found, and how the trail tells of it."""
    told = {"work": "check_traces", "first": first, "head": str(end or "")}
    try:
        with within(CHECKED_WITHIN_S):
            found = chain.faults(first=first)
    except TooLongError:
        return {"too_long": True, "told": told | {"stopped": True}}
    faults = [sentence(fault) for fault in found]
    return {"checked": True, "first": first, "faults": faults, "told": told | {"faults": len(found)}}


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _note_look(request: HttpRequest, areas: list[str], *, detail: Mapping[str, Any]) -> None:
    note(kind="read", by=_person(request), table="traces_entry", area=shared(areas), detail=detail)


def _told(wish: Wish) -> dict[str, str]:
    return {
        name: "1" if value is True else str(value) for name, value in asdict(wish).items() if value and name != "before"
    }


def _initial(wish: Wish) -> dict[str, Any]:
    person = User.objects.filter(pk=wish.person).first() if wish.person else None
    place = written(wish.place, atlas().names_of([wish.place])) if wish.place else ""
    return asdict(wish) | {"who": person.username if person else "", "place": place}


def _labelled(entries: list[Entry]) -> list[Entry]:
    actors = actor_labels(entry.actor for entry in entries)
    names = atlas().names_of({entry.area for entry in entries if entry.area})
    for entry in entries:
        entry.actor_label = actors[entry.actor]  # type: ignore[attr-defined]
        entry.table_label = table_label(entry.table_name)  # type: ignore[attr-defined]
        entry.about = about(entry)  # type: ignore[attr-defined]
        entry.place_name = names.get(entry.area, "")  # type: ignore[attr-defined]
    return entries


def _told_of(entry: Entry) -> list[tuple[str, str]]:
    noted = entry.detail.get("areas")
    codes = {str(code) for code in noted if code} if isinstance(noted, list) else set()
    looked = entry.detail.get("looked_for")
    codes |= {str(looked["place"])} if isinstance(looked, dict) and looked.get("place") else set()
    return details(entry.detail, atlas().names_of(codes))


def _changes(entry: Entry) -> list[dict[str, str]]:
    """Column by column: name, before, after."""
    before, after = change_of(entry.pk)
    names = [*before, *(name for name in after if name not in before)]
    return [
        {
            "label": column_label(entry.table_name, name),
            "name": name,
            "before": text_of(before[name]) if name in before else "",
            "after": text_of(after[name]) if name in after else "",
        }
        for name in sorted(names)
    ]
