"""The resources over HTTP: data for programs, pages for people, refusals as the standard has them."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import ValidationError

from layers.asking import Question
from layers.errors import NOT_ALLOWED, NOTHING, TOO_SLOW, UNUSABLE, sentence
from layers.layer import Layer
from layers.ogc import documents, openapi, pages, schema
from layers.ogc.addresses import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, Addresses, Link, link
from layers.ogc.asked import Asked, Cursor, filterable, format_of, read_asked, write_cursor
from layers.ogc.features import find_one, one_feature, page_of, stream
from layers.ogc.periods import read_period
from layers.ogc.systems import System, read_system
from layers.reading import known_names, refuse

ALLOWED = ("GET", "HEAD", "OPTIONS")
#: Rows of a page for people: what is said of the limit, and what is shown where nothing is.
MOST_SHOWN, USUALLY_SHOWN = 200, 50
View = Callable[..., HttpResponseBase]


def resource(view: View) -> View:
    """Methods and refusals as Part 1 has them (7.5): JSON with `code` and `description`."""

    @wraps(view)
    def guarded(request: HttpRequest, **key: str) -> HttpResponseBase:
        if request.method not in ALLOWED:
            response: HttpResponseBase = _refusal("method", "GET, HEAD, OPTIONS", 405)
        elif request.method == "OPTIONS":
            response = HttpResponse(status=200)
        else:
            response = _answer(view, request, key)
        response.headers["Allow"] = ", ".join(ALLOWED)
        patch_vary_headers(response, ("Accept", "Accept-Language", "Authorization"))
        return response

    return guarded


def _answer(view: View, request: HttpRequest, key: dict[str, str]) -> HttpResponseBase:
    try:
        return view(request, **key)
    except Http404:
        if "text/html" in request.headers.get("Accept", ""):
            raise  # a person reads the site's own page
        return _refusal("not_found", str(NOTHING), 404)
    except PermissionDenied:
        return _refusal("forbidden", str(NOT_ALLOWED), 403)
    except ValidationError as error:
        return _refusal("invalid", sentence(error.detail), 400)
    except DataError:
        return _refusal("invalid", str(UNUSABLE), 400)
    except OperationalError:
        return _refusal("busy", str(TOO_SLOW), 503)


def _refusal(code: str, description: str, status: int) -> JsonResponse:
    return JsonResponse({"code": code, "description": description}, status=status, json_dumps_params=_PLAIN)


_PLAIN = {"ensure_ascii": False}


def _show(request: HttpRequest, template: str, said: dict[str, Any], media_type: str = JSON) -> HttpResponse:
    """A document as data, or on a page of the site."""
    if format_of(request) == "html":
        return pages.show(request, template, said)
    return JsonResponse(said, content_type=media_type, json_dumps_params=_PLAIN)


@resource
def landing(request: HttpRequest) -> HttpResponseBase:
    """The first page."""
    known_names(request.GET, {"f"})
    return _show(request, "landing", documents.landing(Addresses(request)))


@resource
def conformance(request: HttpRequest) -> HttpResponseBase:
    """What it conforms to."""
    known_names(request.GET, {"f"})
    return _show(request, "document", documents.conformance(Addresses(request)))


@resource
def api(request: HttpRequest) -> HttpResponseBase:
    """The OpenAPI document of what this person may see."""
    known_names(request.GET, {"f"})
    said = openapi.document(Addresses(request), documents.public_layers(request.user))
    return _show(request, "document", said, OPENAPI)


@resource
def collections(request: HttpRequest) -> HttpResponseBase:
    """The layers."""
    known_names(request.GET, {"f"})
    return _show(request, "collections", documents.collections(Addresses(request), request.user, area=_area(request)))


@resource
def collection(request: HttpRequest, key: str) -> HttpResponseBase:
    """One layer."""
    known_names(request.GET, {"f"})
    said = documents.collection(Addresses(request), _layer(request, key), request.user, area=_area(request))
    return _show(request, "collection", said)


@resource
def properties(request: HttpRequest, key: str) -> HttpResponseBase:
    """The schema of a layer's properties."""
    known_names(request.GET, {"f"})
    said = schema.properties_schema(_layer(request, key), Addresses(request).of("schema", key))
    return _show(request, "document", said, SCHEMA)


@resource
def queryables(request: HttpRequest, key: str) -> HttpResponseBase:
    """What can be asked of a layer."""
    known_names(request.GET, {"f"})
    said = schema.queryables(_layer(request, key), Addresses(request).of("queryables", key))
    return _show(request, "document", said, SCHEMA)


@resource
def items(request: HttpRequest, key: str) -> HttpResponseBase:
    """One page of features."""
    layer = filterable(_layer(request, key))
    asked = read_asked(layer, request.GET, area=_area(request))
    is_page = format_of(request) == "html"
    if is_page:
        asked = replace(asked, limit=min(asked.limit, MOST_SHOWN) if "limit" in request.GET else USUALLY_SHOWN)
    if request.method == "HEAD":
        return _with_system(HttpResponse(content_type=HTML if is_page else GEOJSON), asked.system)
    pieces = _pieces(request, layer, asked)
    if is_page:
        return pages.show_items(request, layer, json.loads(b"".join(pieces)))
    return _with_system(StreamingHttpResponse(pieces, content_type=GEOJSON), asked.system)


def _pieces(request: HttpRequest, layer: Layer, asked: Asked) -> Iterator[bytes]:
    """The answer in pieces; what can't be answered at all is known with the first."""
    page = page_of(layer, request.user, asked, now=timezone.now())
    addresses = Addresses(request)

    def links(ahead: Cursor | None, behind: Cursor | None) -> list[Link]:
        found = addresses.both(GEOJSON, str(layer.title))
        found.append(link(addresses.of("collection", layer.key), "collection", JSON, str(layer.title)))
        for rel, cursor in (("next", ahead), ("prev", behind)):
            if cursor is not None:
                to = addresses.here(cursor=write_cursor(layer, request.GET, cursor), offset=None)
                found.append(link(to, rel, GEOJSON, str(layer.title)))
        return found

    written = stream(page, links)
    return _whole(next(written), written)


def _whole(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    """Closed by a reader who hangs up, it closes `rest` as well, and with it the transaction."""
    yield first
    yield from rest


@resource
def item(request: HttpRequest, key: str, feature: str) -> HttpResponseBase:
    """One feature, with an ETag of all that it says."""
    layer = _layer(request, key)
    known_names(request.GET, {"f", "crs", "datetime"})
    period = read_period(request.GET.get("datetime", ""))
    if period is not None and period.instant is None:
        refuse("datetime", str(UNUSABLE))
    system = read_system(request.GET.get("crs", ""), "crs")
    question = Question(area=_area(request), moment=period.instant if period and layer.dated else None)
    rows = find_one(layer, request.user, feature, question, now=timezone.now())
    text = one_feature(rows, layer, system)
    if text is None:
        raise Http404
    addresses = Addresses(request)
    links = [
        *addresses.both(GEOJSON, str(layer.title)),
        link(addresses.of("collection", key), "collection", JSON, str(layer.title)),
    ]
    body = f'{text},"links":{json.dumps(links, ensure_ascii=False)}}}'
    if format_of(request) == "html":
        return pages.show_item(request, layer, json.loads(body))
    return _with_system(_tagged(request, body), system)


def _tagged(request: HttpRequest, body: str) -> HttpResponse:
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    known = [one.strip() for one in request.headers.get("If-None-Match", "").split(",")]
    same = tag in known or f"W/{tag}" in known or "*" in known
    response = HttpResponse(status=304) if same else HttpResponse(body, content_type=GEOJSON)
    response.headers["ETag"] = tag
    return response


def _with_system(response: HttpResponseBase, system: System) -> HttpResponseBase:
    response.headers["Content-Crs"] = f"<{system.uri}>"
    return response


def _layer(request: HttpRequest, key: str) -> Layer:
    """A public layer that the person may see; 404 for all others."""
    for layer in documents.public_layers(request.user):
        if layer.key == key:
            return layer
    raise Http404


def _area(request: HttpRequest) -> str:
    """What a token narrows everything to, the common ground too; "" for a person and for a token of everything."""
    token = getattr(request, "token", None)
    return str(token.area) if token else ""
