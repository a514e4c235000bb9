"""Lists, counts and selections of layers over HTTP."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gridmap.accounts.models import User
from layers.answers import RefusalAnswer
from layers.asking import parse
from layers.catalogue import BY_KEY
from layers.counts import counts
from layers.layer import Layer
from layers.reading import read_integer, refuse
from layers.rows import describe_fields, page, read_cursor, read_sort
from layers.selecting import recall, select

MOST_LIMIT, USUAL_LIMIT = 200, 50
REFUSED = {400: RefusalAnswer, 401: RefusalAnswer, 404: RefusalAnswer}


class ColumnAnswer(serializers.Serializer[Any]):
    """One column of a list; `choices` gives the words of its codes, `sorts` is whether people order by it."""

    name = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.CharField()
    unit = serializers.CharField()
    choices = serializers.ListField(child=serializers.DictField())
    sorts = serializers.BooleanField()


class RowAnswer(serializers.Serializer[Any]):
    """One row: two lines of words, a point that lies on it, its box, and its fields by name."""

    id = serializers.CharField()
    title = serializers.CharField()
    subtitle = serializers.CharField()
    lon = serializers.FloatField(allow_null=True)
    lat = serializers.FloatField(allow_null=True)
    bbox = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    fields = serializers.DictField()  # type: ignore[assignment]


class RowsAnswer(serializers.Serializer[Any]):
    """One page. There are at least `count` rows where `exact` is false; `next` is the address of the next page."""

    count = serializers.IntegerField()
    exact = serializers.BooleanField()
    columns = ColumnAnswer(many=True)
    rows = RowAnswer(many=True)
    next = serializers.CharField(allow_null=True)


class SelectedAnswer(serializers.Serializer[Any]):
    """What a selection found in one layer, with up to 200 rows."""

    key = serializers.CharField()
    title = serializers.CharField()
    count = serializers.IntegerField()
    exact = serializers.BooleanField()
    columns = ColumnAnswer(many=True)
    rows = RowAnswer(many=True)


class SelectionAnswer(serializers.Serializer[Any]):
    """What a selection found, and the name under which it is kept for an hour; null where it is not to be kept."""

    layers = SelectedAnswer(many=True)
    selection = serializers.CharField(allow_null=True)


class SelectionBody(serializers.Serializer[Any]):
    """What is selected: in `shape`, a GeoJSON polygon or {"lon", "lat", "radius_m"}, or in an area by its code."""

    layers = serializers.ListField(child=serializers.CharField())
    shape = serializers.DictField(required=False)
    filters = serializers.DictField(required=False, help_text="layer → filter → values")
    ids = serializers.DictField(required=False, help_text="layer → identities")
    area = serializers.CharField(required=False)
    at = serializers.CharField(required=False)
    q = serializers.CharField(required=False)
    keep = serializers.BooleanField(required=False, help_text="false: asks without keeping the selection")


def _text(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.QUERY, description=description)


AREA = _text("area", "code of a region or grid, or a prefix of one")
BOX = _text("bbox", "west,south,east,north in degrees")
WORDS = _text("q", "words, all of which must be in the fields")
PARAMETERS = [
    AREA,
    BOX,
    WORDS,
    _text("at", "time (RFC 3339) of an earlier state, for dated layers"),
    _text("ids", "identities with commas between"),
    _text("sort", "field or -field"),
    _text("cursor", "where to go on, as the former page says"),
    _text("limit", "rows of a page, up to 200"),
]


def layer_for(user: Any, key: str) -> Layer:
    """The layer, where it is open to the person; Http404 otherwise."""
    layer = BY_KEY.get(key)
    if layer is None or not layer.open_to(user):
        raise Http404
    return layer


class RowsView(APIView):
    """One layer as a list."""

    @extend_schema(operation_id="layer_rows", parameters=PARAMETERS, responses={200: RowsAnswer, **REFUSED})
    def get(self, request: Request, key: str) -> Response:
        """One page; the layer's own filters are parameters by their names, with commas between values."""
        layer, user = layer_for(request.user, key), request.user
        question = parse(layer, request.GET)
        sort = read_sort(layer, user, request.GET.get("sort", ""))
        after = read_cursor(layer, sort, request.GET.get("cursor", ""))
        found = page(layer, user, question, sort=sort, after=after, limit=_limit(request))
        return Response(
            {
                "count": found.count,
                "exact": found.exact,
                "columns": describe_fields(layer, user),
                "rows": found.rows,
                "next": _address(request, found.next) if found.next else None,
            }
        )


def _limit(request: Request) -> int:
    limit = read_integer(request.GET.get("limit") or str(USUAL_LIMIT), "limit")
    if not 1 <= limit <= MOST_LIMIT:
        refuse("limit", f"1 – {MOST_LIMIT}")
    return limit


def _address(request: Request, cursor: str) -> str:
    parameters = request.GET.copy()
    parameters["cursor"] = cursor
    return f"{request.path}?{parameters.urlencode()}"


class CountsView(APIView):
    """How much every layer holds."""

    @extend_schema(
        operation_id="layer_counts", parameters=[AREA, BOX, WORDS], responses={200: OpenApiTypes.OBJECT, **REFUSED}
    )
    def get(self, request: Request) -> Response:
        """Layer → rows; filters are parameters `<layer>.<filter>`."""
        return Response(counts(request.user, request.GET))


class SelectView(APIView):
    """A lasso or a radius over many layers."""

    @extend_schema(request=SelectionBody, responses={200: SelectionAnswer, **REFUSED})
    def post(self, request: Request) -> Response:
        """Counts and first rows; the selection is kept for an hour."""
        if not isinstance(request.data, dict):
            refuse("body", "{}")
        user: Any = request.user
        if not isinstance(user, User):
            raise Http404
        return Response(select(user, request.data, at=timezone.now()))


class SelectionView(APIView):
    """A selection that an address names."""

    @extend_schema(responses={200: SelectionBody, **REFUSED})
    def get(self, request: Request, key: UUID) -> Response:
        """What was asked; 404 after an hour, and for everybody else."""
        found = recall(request.user, key, at=timezone.now())
        if found is None:
            raise Http404
        return Response(found)
