"""Who comes into the room: administrators alone, each to what lies in their own area. What one may not see is 404."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from gridmap.accounts.models import Organisation, Post, User
from gridmap.accounts.staff.scope import areas_administered, organisations_known_to, people_seen_by, posts_seen_by

View = Callable[..., HttpResponse]


def administrator(request: HttpRequest) -> User:
    """Who is asking; 404 for everybody who administers nothing."""
    if not isinstance(request.user, User) or not areas_administered(request.user):
        raise Http404
    return request.user


def for_administrators(view: View) -> View:
    """`view(request, by, …)` for administrators, 404 for others; no copy of the page stays anywhere."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, administrator(request), *args, **kwargs)

    return never_cache(guarded)


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with, were it nothing at all; None for who only looks."""
    return request.POST if request.method == "POST" else None


def person_or_404(by: User, number: int) -> User:
    """A person whom the administrator sees."""
    return get_object_or_404(people_seen_by(by), pk=number)


def post_or_404(by: User, number: int) -> Post:
    """A post inside the administrator's area."""
    rows = posts_seen_by(by).select_related("person", "organisation", "seconded_from", "deputy_for__person")
    return get_object_or_404(rows, pk=number)


def organisation_or_404(by: User, number: int) -> Organisation:
    """An organisation that the administrator knows."""
    return get_object_or_404(organisations_known_to(by), pk=number)
