"""Saved views over the API: one's own to write, shared ones to open."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gridmap.accounts.models import User
from gridmap.accounts.permissions import PREFIX_LENGTHS, areas_of
from gridmap.accounts.roles import Verb
from gridmap.console.models import LONGEST_ADDRESS, SavedView
from layers.answers import RefusalAnswer

#: More than anybody can find again; a program that saves without end is stopped here.
MOST_VIEWS = 300


class ViewWish(serializers.Serializer[Any]):
    """What is kept. Without a name the view is a short link that stands in no list."""

    name = serializers.CharField(max_length=80, allow_blank=True, required=False)
    address = serializers.RegexField(
        r"^[^\x00-\x20<>\"]*$",
        max_length=LONGEST_ADDRESS,
        allow_blank=True,
        required=False,
        help_text="the query and hash of the console's address, without `?`",
    )
    shared = serializers.BooleanField(required=False)
    first = serializers.BooleanField(required=False, help_text="opened where the address names nothing")


class ViewAnswer(serializers.Serializer[Any]):
    """One saved view."""

    id = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()
    shared = serializers.BooleanField()
    first = serializers.BooleanField()
    mine = serializers.BooleanField()
    owner = serializers.CharField()
    changed = serializers.DateTimeField()


class ViewsAnswer(serializers.Serializer[Any]):
    """Named views that the person may open, their own first."""

    rows = ViewAnswer(many=True)


REFUSED = {400: RefusalAnswer, 401: RefusalAnswer}


def describe_view(view: SavedView, user: Any) -> dict[str, Any]:
    """A view as answers give it; the first view is a matter between the owner and the owner's browser."""
    mine = view.owner_id == user.pk
    return {
        **{"id": view.pk, "name": view.name, "address": view.address, "shared": view.shared, "mine": mine},
        **{"first": view.first and mine, "owner": str(view.owner), "changed": view.changed_at.isoformat()},
    }


class ViewsView(APIView):
    """The list of saved views, and a new one."""

    @extend_schema(operation_id="views_list", responses={200: ViewsAnswer, 401: RefusalAnswer})
    def get(self, request: Request) -> Response:
        """Named ones: one's own, then what others share, each by name."""
        views = SavedView.objects.visible_to(request.user).exclude(name="").select_related("owner")
        rows = [describe_view(view, request.user) for view in views.order_by("name", "pk")]
        return Response({"rows": sorted(rows, key=lambda row: not row["mine"])})

    @extend_schema(operation_id="views_create", request=ViewWish, responses={201: ViewAnswer, **REFUSED})
    def post(self, request: Request) -> Response:
        """Keep a view. A link without a name is shared, because it is made to be given to somebody."""
        wish = _wish(request)
        user = _person(request)
        if SavedView.objects.filter(owner=user).count() >= MOST_VIEWS:
            _make_room(user)
        view = SavedView(owner=user, area=area_of_views(areas_of(user, Verb.VIEW)), shared=not wish.get("name"))
        _write(view, wish)
        return Response(describe_view(view, request.user), status=201)


class ViewView(APIView):
    """One saved view."""

    @extend_schema(responses={200: ViewAnswer, 404: RefusalAnswer, 401: RefusalAnswer})
    def get(self, request: Request, key: str) -> Response:
        """The view, where one may open it."""
        view = get_object_or_404(SavedView.objects.visible_to(request.user).select_related("owner"), pk=key)
        return Response(describe_view(view, request.user))

    @extend_schema(request=ViewWish, responses={200: ViewAnswer, 404: RefusalAnswer, **REFUSED})
    def put(self, request: Request, key: str) -> Response:
        """Rename it, replace what it shows, share it or not, make it one's first; what is not given stays."""
        view = _own(request, key)
        _write(view, _wish(request))
        return Response(describe_view(view, request.user))

    @extend_schema(responses={204: None, 404: RefusalAnswer, 401: RefusalAnswer})
    def delete(self, request: Request, key: str) -> Response:
        """Forget it; links to it lead nowhere afterwards."""
        _own(request, key).delete()
        return Response(status=204)


def area_of_views(areas: Sequence[str]) -> str:
    """The narrowest area that holds all of these: who works in it, above it or below it may open what is shared."""
    common = [
        areas[0][:length]
        for length in PREFIX_LENGTHS
        if areas and all(area[:length] == areas[0][:length] and len(area) >= length for area in areas)
    ]
    return common[-1] if common else ""


def _own(request: Request, key: str) -> SavedView:
    return get_object_or_404(SavedView.objects.filter(owner=_person(request)).select_related("owner"), pk=key)


def _person(request: Request) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _wish(request: Request) -> Mapping[str, Any]:
    wish = ViewWish(data=request.data)
    wish.is_valid(raise_exception=True)
    checked: dict[str, Any] = wish.validated_data
    return checked


def _write(view: SavedView, wish: Mapping[str, Any]) -> None:
    """Of one person's views at most one is the first."""
    for name, value in wish.items():
        setattr(view, name, value)
    with transaction.atomic():
        if wish.get("first"):
            User.objects.select_for_update(no_key=True).get(pk=view.owner_id)
            SavedView.objects.filter(owner=view.owner, first=True).exclude(pk=view.pk).update(first=False)
        view.save()


def _make_room(user: User) -> None:
    """The oldest nameless link gives way; ValidationError where there is none, because names are never forgotten."""
    oldest = SavedView.objects.filter(Q(name="") & Q(owner=user)).order_by("created_at").first()
    if oldest is None:
        raise serializers.ValidationError(
            {"name": [_("You keep as many views as there is room for; delete one first.")]}
        )
    oldest.delete()
