"""The language of a page: Chinese, unless the person switched to another."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers


class ChosenLanguage(LocaleMiddleware):
    """Speaks the site's own language whatever the browser prefers: streets and rules have Chinese names, and a browser
    set up in English says nothing about who sits at it. The switch leaves a cookie, which also works before sign-in."""

    def process_request(self, request: HttpRequest) -> None:
        """Take the language of the cookie where the site speaks it."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        translation.activate(chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:  # type: ignore[override]
        """Name the language, and that it hangs on the cookie."""
        patch_vary_headers(response, ("Cookie",))
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response
