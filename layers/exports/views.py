"""Files of layers over HTTP: ask, look, fetch, delete; everybody their own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gridmap.accounts.askers import for_program
from gridmap.accounts.models import User
from gridmap.jobs.models import Job
from layers.answers import RefusalAnswer
from layers.catalogue import layers_for
from layers.exports import services
from layers.exports.orders import read_order
from layers.exports.tables import SYSTEMS
from layers.models import LayerExport

REFUSED = {400: RefusalAnswer, 401: RefusalAnswer, 404: RefusalAnswer, 409: RefusalAnswer}


class ExportBody(serializers.Serializer[Any]):
    """What to take out: layers with a question, or a selection of the last hour."""

    layers = serializers.ListField(child=serializers.CharField(), required=False)
    question = serializers.DictField(
        required=False,
        help_text="area, bbox, shape, at, q, filters (layer → filter → values), ids (layer → identities)",
    )
    selection = serializers.UUIDField(required=False)
    format = serializers.ChoiceField(LayerExport.Format.choices)
    crs = serializers.ChoiceField(sorted(SYSTEMS), required=False)
    sort = serializers.CharField(required=False, help_text="field or -field, for one layer")


class ExportAnswer(serializers.Serializer[Any]):
    """A file of layers. While it is being made, `job` is the address of its progress; then `file` is its own."""

    id = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(LayerExport.State.choices)
    format = serializers.CharField()
    crs = serializers.IntegerField()
    rows = serializers.IntegerField(allow_null=True)
    bytes = serializers.IntegerField(allow_null=True)
    until = serializers.DateTimeField()
    job = serializers.CharField(allow_null=True)
    file = serializers.CharField(allow_null=True)
    page = serializers.CharField()


def _person(user: Any) -> User:
    if not isinstance(user, User) or not layers_for(user):
        raise Http404
    return user


def _own(user: Any, key: UUID) -> LayerExport:
    """The person's own export; Http404 otherwise."""
    person = _person(user)
    services.settle(person)
    found: LayerExport | None = LayerExport.objects.visible_to(person).select_related("person").filter(pk=key).first()
    if found is None or timezone.now() >= found.until:
        raise Http404
    return found


def describe(export: LayerExport) -> dict[str, Any]:
    """An export as answers give it."""
    ready = export.state == LayerExport.State.READY
    waiting = export.state == LayerExport.State.WAITING and export.job
    return {
        "id": str(export.pk),
        "title": export.title,
        "state": export.state,
        "format": export.format,
        "crs": export.crs,
        "rows": export.row_count,
        "bytes": export.size_bytes,
        "until": export.until,
        "job": reverse("jobs:job", args=[export.job]) if waiting else None,
        "file": reverse("layers:export_file", args=[export.pk]) if ready else None,
        "page": reverse("layers:exports"),
    }


class ExportsView(APIView):
    """Taking layers out."""

    @extend_schema(
        operation_id="take_out", request=ExportBody, responses={201: ExportAnswer, 202: ExportAnswer, **REFUSED}
    )
    def post(self, request: Request) -> Response:
        """201 with a file that is ready, or 202 with one that a job makes."""
        person, now = _person(request.user), timezone.now()
        export = services.ask(order=read_order(person, request.data, at=now), by=person, at=now)
        ready = export.state == LayerExport.State.READY
        return Response(describe(export), status=201 if ready else 202)


class ExportView(APIView):
    """One file of layers."""

    @extend_schema(operation_id="taken_out", responses={200: ExportAnswer, **REFUSED})
    def get(self, request: Request, key: UUID) -> Response:
        """How far it is, and where it is fetched."""
        return Response(describe(_own(request.user, key)))


_take_out = ExportsView.as_view()


@require_http_methods(["GET", "POST"])
def exports(request: HttpRequest) -> HttpResponseBase:
    """The page of one's files, newest first; what is posted here is an order as at `/api/v1/exports`."""
    return _take_out(request) if request.method == "POST" else _page(request)


def _page(request: HttpRequest) -> HttpResponse:
    person = _person(request.user)
    services.settle(person)
    now = timezone.now()
    exports = list(LayerExport.objects.visible_to(person).filter(until__gt=now))
    under_way = Job.objects.visible_to(person).in_bulk([one.job for one in exports if one.job])
    rows = [{"export": one, "job": under_way.get(one.job)} for one in exports]
    return render(request, "exports/list.html", {"rows": rows})


@require_GET
def fetch(request: HttpRequest, key: UUID) -> HttpResponseBase:
    """The file itself; 404 for everybody else, when it is over, and where the person's rights have shrunk since."""
    export = _own(request.user, key)
    if not services.may_fetch(export, timezone.now()):
        raise Http404
    suffix = services.suffix_of(export)
    day = timezone.localtime(export.made_at).strftime("%Y%m%d-%H%M")
    return FileResponse(
        services.fetch(export).open("rb"),
        as_attachment=True,
        filename=f"{_file_name(export.title)}-{day}{suffix}",
        content_type=services.MEDIA_TYPES[suffix],
    )


def _file_name(title: str) -> str:
    """Letters and digits of any language; the rest is no part of a file's name everywhere."""
    return "".join(letter if letter.isalnum() else "_" for letter in title)[:60].strip("_") or "layers"


@require_POST
def delete(request: HttpRequest, key: UUID) -> HttpResponse:
    """Forget one's file; one that is being made is stopped."""
    services.delete(_own(request.user, key))
    if for_program(request):
        return HttpResponse(status=204)
    messages.success(request, _("The file is gone."))
    return redirect("layers:exports")
