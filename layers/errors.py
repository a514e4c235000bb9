"""What a person or a program reads when something can't be answered: JSON for programs, a page for people."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DataError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import exception_handler

from gridmap.accounts.askers import challenge, for_program, refuse

NOTHING = _("There is nothing here, or you may not see it.")
NOT_ALLOWED = _("You may not do this.")
UNUSABLE = _("The request holds a value that can't be used.")
TOO_SLOW = _("This took too long; please try again.")
SIGN_IN = _("Please sign in.")
#: Exceptions → status, code and message.
ANSWERS: list[tuple[tuple[type[Exception], ...], int, str, Any]] = [
    ((exceptions.NotAuthenticated, exceptions.AuthenticationFailed), 401, "signed_out", SIGN_IN),
    ((Http404, exceptions.NotFound), 404, "not_found", NOTHING),
    ((PermissionDenied, exceptions.PermissionDenied), 403, "forbidden", NOT_ALLOWED),
    ((DataError,), 400, "invalid", UNUSABLE),
    ((OperationalError,), 503, "busy", TOO_SLOW),
]


def refusal(code: str, message: str, **more: Any) -> dict[str, Any]:
    """The body of every refused request."""
    return {"error": {"code": code, "message": message, **more}}


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's exception handler: a reason in the person's language, never a traceback."""
    if isinstance(error, exceptions.ValidationError):
        return Response(refusal("invalid", sentence(error.detail), fields=error.detail), status=400)
    for kinds, status, code, message in ANSWERS:
        if isinstance(error, kinds):
            said = Response(refusal(code, str(message)), status=status)
            return challenge(context["request"], said) if status == 401 else said
    response = exception_handler(error, context)
    if response is not None and isinstance(error, exceptions.APIException):
        response.data = refusal(str(error.default_code), str(error.detail))
    return response


def sentence(detail: Any) -> str:
    """All reasons in one line, each with its field."""
    if isinstance(detail, dict):
        return "; ".join(f"{field}: {sentence(reasons)}" for field, reasons in detail.items())
    if isinstance(detail, list):
        return " ".join(sentence(one) for one in detail)
    return str(detail)


def valid(serializer: "type[Serializer[Any]]", request: HttpRequest) -> dict[str, Any]:
    """The checked query parameters of a request; raises ValidationError (400) naming field and reason."""
    asked = serializer(data=request.GET)
    asked.is_valid(raise_exception=True)
    checked: dict[str, Any] = asked.validated_data
    return checked


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, as for what one may not see."""
    return _say(request, 404, "not_found", NOTHING)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _say(request, 403, "forbidden", NOT_ALLOWED)


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return _say(request, 400, "invalid", UNUSABLE)


def broken(request: HttpRequest) -> HttpResponse:
    """500: the page stands alone, because whatever broke may be needed by all others."""
    return _say(request, 500, "broken", _("Something went wrong; please try again."))


def _say(request: HttpRequest, status: int, code: str, message: Any) -> HttpResponse:
    if for_program(request):
        return refuse(code, str(message), status=status, path=request.path)
    return render(request, f"{status}.html", status=status)
