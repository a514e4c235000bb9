"""Who asks: a person who wants a page, or a program (a script of ours too) that wants data and a plain refusal."""

from typing import Any, TypeVar

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

#: Addresses that only programs ask.
FOR_PROGRAMS = ("/api/", "/tiles/", "/jobs/", "/ogc")
#: Where refusals are told as OGC API – Features tells them.
OGC = "/ogc"
Response = TypeVar("Response", bound=HttpResponseBase)
BEARER = 'Bearer realm="gridmap"'
BASIC = 'Basic realm="gridmap", charset="UTF-8"'


def for_program(request: HttpRequest) -> bool:
    """Whether whoever asks wants data rather than a page."""
    accepts = request.headers.get("Accept", "")
    if "text/html" in accepts or request.headers.get("Sec-Fetch-Mode") == "navigate":
        return False
    by_script = request.headers.get("Sec-Fetch-Dest") == "empty"
    return by_script or "application/json" in accepts or request.path.startswith(FOR_PROGRAMS)


def refuse(code: str, message: str, *, status: int, path: str = "") -> JsonResponse:
    """A refusal as every program reads it; below `/ogc` in the words of that standard."""
    if path.startswith(OGC):
        return JsonResponse({"code": code, "description": message}, status=status)
    body: dict[str, Any] = {"error": {"code": code, "message": message}}
    return JsonResponse(body, status=status)


def challenge(request: HttpRequest, response: Response) -> Response:
    """Say with a 401 how to come in; browsers are told of no password, for which they would ask in their own window."""
    by_browser = "Sec-Fetch-Mode" in request.headers or not request.path.startswith(OGC)
    shown = "Authorization" in request.headers
    response.headers["WWW-Authenticate"] = BEARER if by_browser and not shown else f"{BASIC}, {BEARER}"
    return response
