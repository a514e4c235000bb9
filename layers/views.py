"""Vector tiles over HTTP."""

import gzip

from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from gridmap.accounts.askers import challenge
from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.accounts.tickets import ticket_behind
from layers import tilecache, tiles
from layers.cuts.cut import Address
from layers.errors import SIGN_IN, TOO_SLOW, refusal
from layers.opening import extent, sources
from layers.revisions import revisions, scoped_sets, tile_sets
from layers.thin import FOR_A_YEAR, MEDIA_TYPE, give_pass
from layers.tilejson import describe

ASK_AGAIN = "private, no-cache"


@login_not_required
@require_GET
def tile(request: HttpRequest, name: str, z: int, x: int, y: int) -> HttpResponse:
    """One tile of a set for the viewer's areas: 200, 204 (empty), 304, 401, 404, or 503 where it takes too long.

    Kept by the browser for a year where `v` is the present revision, and asked for again every time where it is not.
    """
    if not request.user.is_authenticated:
        return challenge(request, JsonResponse(refusal("signed_out", str(SIGN_IN)), status=401))
    address = Address(z, x, y)
    if not _offered(request, name) or not address.exists:
        raise Http404
    areas = areas_of(request.user, Verb.VIEW)
    if not areas:  # neither shown what is kept for those who hold a post, nor kept for them as empty
        return HttpResponse(status=204, headers={"Cache-Control": "private, no-store"})
    revision = revisions(areas)[name]
    current = request.GET.get("v") == revision
    if request.headers.get("If-None-Match") == f'"{revision}"':
        return HttpResponse(status=304, headers=_kept_for(revision, current=current))
    try:
        data = kept_or_drawn(name, address, revision, areas)
    except OperationalError:
        return JsonResponse(refusal("busy", str(TOO_SLOW)), status=503)
    response = _answer(request, data)
    for header, value in _kept_for(revision, current=current).items():
        response[header] = value
    if ticket := ticket_behind(request):
        give_pass(response, ticket, areas)
    return response


def _offered(request: HttpRequest, name: str) -> bool:
    """Whether there is such a set. A token opens only those that hold nothing but public layers; one for a part of what
    its person sees only those whose tiles are cut to it."""
    token = getattr(request, "token", None)
    if name not in tile_sets() or token is None:
        return name in tile_sets()
    return all(layer.public for layer in tiles.layers_of(name)) and (not token.area or name in scoped_sets())


def _kept_for(revision: str, *, current: bool) -> dict[str, str]:
    return {"ETag": f'"{revision}"', "Cache-Control": FOR_A_YEAR if current else ASK_AGAIN}


@login_not_required
@require_GET
def tilejson(request: HttpRequest, name: str) -> HttpResponse:
    """What other people's tools must know of a set before they ask for its tiles: TileJSON 3.0.0, or 401, 404."""
    if not request.user.is_authenticated:
        return challenge(request, JsonResponse(refusal("signed_out", str(SIGN_IN)), status=401))
    areas = areas_of(request.user, Verb.VIEW)
    if not _offered(request, name) or not areas:
        raise Http404
    place = reverse("layers:tile", kwargs={"name": name, "z": 0, "x": 0, "y": 0}).replace("0/0/0", "{z}/{x}/{y}")
    url = f"{request.scheme}://{request.get_host()}{place}?v={revisions(areas)[name]}"
    told = {source: None for layer in tiles.layers_of(name) for source in sources(layer, request.user)}
    document = describe(name, url, bounds=extent(request.user), sources=list(told))
    return JsonResponse(document, headers={"Cache-Control": ASK_AGAIN}, json_dumps_params={"ensure_ascii": False})


def kept_or_drawn(name: str, address: Address, revision: str, areas: list[str]) -> bytes:
    """The compressed tile from disk, else from the database.

    `revision` was read before, so what is kept under it is never older than it says.
    """
    path = f"{name}/{revision}/{address.z}/{address.x}/{address.y}"
    data = tilecache.read(path)
    if data is None:
        data = tilecache.compress(tiles.draw(name, address, areas))
        tilecache.write(path, data)
    return data


def _answer(request: HttpRequest, data: bytes) -> HttpResponse:
    if not data:
        return HttpResponse(status=204)
    if "gzip" not in request.headers.get("Accept-Encoding", ""):
        return HttpResponse(gzip.decompress(data), content_type=MEDIA_TYPE, headers={"Vary": "Accept-Encoding"})
    headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return HttpResponse(data, content_type=MEDIA_TYPE, headers=headers)
