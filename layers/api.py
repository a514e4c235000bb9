"""The JSON API under /api/v1/: everything scoped to the viewer, 404 for what they may not see."""

from django.contrib.gis.geos import Point
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from layers.answers import AtAnswer, CardAnswer, GridsAnswer, MapAnswer, RefusalAnswer, SearchAnswer
from layers.at import things_at
from layers.cards import CARDS
from layers.errors import valid
from layers.gridlist import PAGE_SIZE, list_grids
from layers.opening import describe_map
from layers.questions import GridsQuestion, PointQuestion, SearchQuestion
from layers.search import as_json, fold, search

SIGNED_OUT = {401: RefusalAnswer}
REFUSED = {400: RefusalAnswer, **SIGNED_OUT}


class MapView(APIView):
    """What a page must know to draw its first map."""

    @extend_schema(responses={200: MapAnswer, **SIGNED_OUT})
    def get(self, request: Request) -> Response:
        """Revisions, extent, rules, layers."""
        return Response(describe_map(request.user))


class AtView(APIView):
    """What lies under a click."""

    @extend_schema(parameters=[PointQuestion], responses={200: AtAnswer, **REFUSED})
    def get(self, request: Request) -> Response:
        """Things, topmost first, and the place."""
        asked = valid(PointQuestion, request)
        return Response(things_at(asked["lon"], asked["lat"], asked["z"], request.user))


class GridsView(APIView):
    """The grids in force."""

    @extend_schema(operation_id="grids_list", parameters=[GridsQuestion], responses={200: GridsAnswer, **REFUSED})
    def get(self, request: Request) -> Response:
        """One page, sorted by load or code."""
        asked = valid(GridsQuestion, request)
        area = asked["community"] or asked["area"]
        count, rows = list_grids(
            request.user, area=area, q=fold(asked["q"]), sort=asked["sort"], page=asked["page"], kind=asked["kind"]
        )
        more = asked["page"] * PAGE_SIZE < count
        return Response({"count": count, "rows": rows, "next": _next(request, asked["page"]) if more else None})


def _next(request: Request, page: int) -> str:
    parameters = request.GET.copy()
    parameters["page"] = str(page + 1)
    return f"{request.path}?{parameters.urlencode()}"


class SearchView(APIView):
    """Names, codes, addresses, building numbers, pinyin, coordinates."""

    @extend_schema(parameters=[SearchQuestion], responses={200: SearchAnswer, **REFUSED})
    def get(self, request: Request) -> Response:
        """Up to twenty rows, best first; where there is none, what was tried. A token for one area finds nothing here,
        for what stands on the ground is found wherever it is."""
        if getattr(getattr(request, "token", None), "area", ""):
            raise Http404
        asked = valid(SearchQuestion, request)
        near = None if asked["lon"] is None or asked["lat"] is None else Point(asked["lon"], asked["lat"], srid=4326)
        return Response(as_json(search(asked["q"], request.user, near)))


class CardView(APIView):
    """Everything that is shown about one thing."""

    type = ""

    @extend_schema(responses={200: CardAnswer, 404: RefusalAnswer, **SIGNED_OUT})
    def get(self, request: Request, key: str) -> Response:
        """The card."""
        try:
            card = CARDS[self.type](key, request.user)
        except ObjectDoesNotExist:
            raise Http404 from None
        return Response(card.as_json())
