"""The API speaks JSON to whoever asks, also to a person who opens its address in a browser."""

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class JsonAlways(BaseContentNegotiation):
    """The one renderer there is, whatever `Accept` and `?format=` say."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        """The parser of the request's media type, or None (415)."""
        return next((parser for parser in parsers if parser.media_type == request.content_type), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The first renderer and its media type."""
        first = next(iter(renderers))
        return first, str(first.media_type)
