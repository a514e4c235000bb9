"""Who asks: a person who wants a page, or a program (a script of ours too) that wants data and a plain refusal."""

from typing import Any

from django.http import HttpRequest, JsonResponse

#: Addresses that only programs ask.
FOR_PROGRAMS = ("/api/", "/tiles/", "/jobs/")


def for_program(request: HttpRequest) -> bool:
    """Whether whoever asks wants data rather than a page."""
    accepts = request.headers.get("Accept", "")
    if "text/html" in accepts or request.headers.get("Sec-Fetch-Mode") == "navigate":
        return False
    by_script = request.headers.get("Sec-Fetch-Dest") == "empty"
    return by_script or "application/json" in accepts or request.path.startswith(FOR_PROGRAMS)


def refuse(code: str, message: str, *, status: int) -> JsonResponse:
    """A refusal as every program reads it."""
    body: dict[str, Any] = {"error": {"code": code, "message": message}}
    return JsonResponse(body, status=status)
