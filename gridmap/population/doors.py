"""The door through which every page about people goes, and what their answers have in common."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.traces.door import door
from gridmap.vault.ledger import Ledger

View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Opened:
    """An open door: who went through, the areas in which they may do what they came for, and the list that is kept."""

    person: User
    areas: list[str]
    ledger: Ledger

    def at(self, area: str) -> None:
        """Say where what is looked at lies: the entry stands there, for whoever audits that place."""
        self.ledger.place = area or None


@contextmanager
def people_door(
    request: HttpRequest, verb: Verb = Verb.VIEW_PEOPLE, *, kind: str = "read", purpose: str = "", place: str = ""
) -> Iterator[Opened]:
    """Open the areas in which the person may do `verb`; Http404 where there are none, as for what does not exist."""
    areas = areas_of(request.user, verb)
    if not areas or not isinstance(request.user, User):
        raise Http404
    with door(by=request.user, areas=areas, kind=kind, purpose=purpose, place=place or None) as ledger:
        yield Opened(request.user, areas, ledger)


def personal(view: View) -> View:
    """Answers of this view are kept by nobody: no cache, no history, no page preview."""

    @wraps(view)
    def kept_by_nobody(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return kept_by_nobody
