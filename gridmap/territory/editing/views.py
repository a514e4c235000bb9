"""The API of editing: /api/v1/equipment/<cameras|lamps|components|facilities>/…, one thing at a time."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.territory.editing.form import describe_form
from gridmap.territory.editing.history import history_of
from gridmap.territory.editing.places import may_edit_at
from gridmap.territory.editing.serializers import FEATURES
from gridmap.territory.editing.services import ChangedMeanwhileError, create, edit, switch
from gridmap.territory.models.tended import Tended

VERSION = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="the version that was seen"
)
ANSWERS: dict[int, Any] = {200: OpenApiTypes.OBJECT, 400: OpenApiTypes.OBJECT, 404: OpenApiTypes.OBJECT}
WRITES = {**ANSWERS, 409: OpenApiTypes.OBJECT, 428: OpenApiTypes.OBJECT}


class EquipmentView(APIView):
    """What all requests about one kind of things have in common."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """404 for what is no kind, and for who edits nothing anywhere."""
        super().initial(request, *args, **kwargs)
        if str(request.method) not in self.allowed_methods:
            return
        if kwargs["kind"] not in FEATURES or not areas_of(request.user, Verb.EDIT_EQUIPMENT):
            raise Http404
        self.feature = FEATURES[kwargs["kind"]]
        self.model: type[Tended] = self.feature.Meta.model

    def thing(self, request: Request, key: int) -> Tended:
        """The thing, where the person's right reaches it; 404 elsewhere."""
        found = self.model._default_manager.filter(pk=key).first()
        if found is None or not may_edit_at(request.user, found.geom):  # type: ignore[attr-defined]
            raise Http404
        return found

    def answer(self, thing: Tended, status: int = 200) -> Response:
        """The thing as a feature, its version as ETag."""
        return Response(self.feature(thing).data, status=status, headers={"ETag": f'"{thing.version}"'})

    def asked(self, request: Request, thing: Tended | None = None) -> dict[str, Any]:
        """The checked values of the body; ValidationError (400) names field and reason."""
        reader = self.feature(thing, data=request.data, partial=thing is not None)
        reader.is_valid(raise_exception=True)
        return dict(reader.validated_data)


class KindView(EquipmentView):
    """One kind of things: the form that makes or changes one, and making one."""

    @extend_schema(operation_id="equipment_form", responses=ANSWERS)
    def get(self, request: Request, kind: str) -> Response:
        """Fields in words, with limits and choices."""
        return Response(describe_form(kind))

    @extend_schema(
        operation_id="equipment_create", request=OpenApiTypes.OBJECT, responses={**ANSWERS, 201: OpenApiTypes.OBJECT}
    )
    def post(self, request: Request, kind: str) -> Response:
        """A new thing on the map; it gets a number (a component its code)."""
        made = create(model=self.model, values=self.asked(request), by=_person(request))
        return self.answer(made, status=201)


class ThingView(EquipmentView):
    """One thing."""

    @extend_schema(operation_id="equipment_get", responses=ANSWERS)
    def get(self, request: Request, kind: str, key: int) -> Response:
        """As it is now, also where it is off the map."""
        return self.answer(self.thing(request, key))

    @extend_schema(
        operation_id="equipment_change", request=OpenApiTypes.OBJECT, parameters=[IF_MATCH], responses=WRITES
    )
    def put(self, request: Request, kind: str, key: int) -> Response:
        """Set the fields that are sent; {"release": [fields]} lets imports set them again."""
        thing = self.thing(request, key)
        version = _version(request)
        if version is None:
            return _unseen()
        values = self.asked(request, thing)
        return self.tried(
            lambda: edit(thing=thing, version=version, values=values, by=_person(request), release=_released(request))
        )

    @extend_schema(operation_id="equipment_remove", parameters=[IF_MATCH], responses=WRITES)
    def delete(self, request: Request, kind: str, key: int) -> Response:
        """Off the map; nothing is lost, `restore` brings it back."""
        return self.switched(request, key, active=False)

    def switched(self, request: Request, key: int, *, active: bool) -> Response:
        """Off or on again, at the version that was seen."""
        thing = self.thing(request, key)
        version = _version(request)
        if version is None:
            return _unseen()
        return self.tried(lambda: switch(thing=thing, version=version, active=active, by=_person(request)))

    def tried(self, change: Any) -> Response:
        """The changed thing, or (409) how it is now and what others did to it."""
        try:
            return self.answer(change())
        except ObjectDoesNotExist:
            raise Http404 from None
        except ChangedMeanwhileError as meanwhile:
            current = self.feature(meanwhile.thing).data
            message = _("Somebody else has changed this meanwhile.")
            error = {
                "code": "changed",
                "message": message,
                "current": current,
                "history": history_of(meanwhile.thing)[:5],
            }
            return Response({"error": error}, status=409, headers={"ETag": f'"{meanwhile.thing.version}"'})


class RestoreView(ThingView):
    """Undoing a removal."""

    http_method_names = ["post", "options"]

    @extend_schema(operation_id="equipment_restore", request=None, parameters=[IF_MATCH], responses=WRITES)
    def post(self, request: Request, kind: str, key: int) -> Response:
        """On the map again."""
        return self.switched(request, key, active=True)


class HistoryView(EquipmentView):
    """What was done to one thing."""

    @extend_schema(operation_id="equipment_history", responses=ANSWERS)
    def get(self, request: Request, kind: str, key: int) -> Response:
        """Who, when, before → after; newest first."""
        return Response({"rows": history_of(self.thing(request, key))})


def _person(request: Request) -> User:
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


def _version(request: Request) -> int | None:
    found = VERSION.fullmatch(request.headers.get("If-Match", "").strip())
    return int(found[1]) if found else None


def _unseen() -> Response:
    message = _("Say in If-Match which version you saw.")
    return Response({"error": {"code": "version_missing", "message": message}}, status=428)


def _released(request: Request) -> list[str]:
    """The fields to leave to imports again."""
    body: Any = request.data
    names = body.get("release", [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValidationError({"release": [_("This is a list of fields.")]})
    return ["geom" if name == "geometry" else name for name in names]
