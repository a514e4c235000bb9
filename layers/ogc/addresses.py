"""Links between the resources, absolute as programs want them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
OPENAPI, SCHEMA = "application/vnd.oai.openapi+json;version=3.0", "application/schema+json"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
Link = dict[str, str]


@dataclass(frozen=True)
class Addresses:
    """The addresses of this very site, as the request came to it."""

    request: HttpRequest

    def of(self, route: str, *key: str, **query: str) -> str:
        """The address of a resource."""
        path = self.request.build_absolute_uri(reverse(f"ogc:{route}", args=key))
        return f"{path}?{urlencode(query)}" if query else path

    def here(self, **changed: str | None) -> str:
        """This request with other parameters; None takes one away."""
        query = self.request.GET.copy()
        for name, value in changed.items():
            query.pop(name, None)
            if value is not None:
                query[name] = value
        path = self.request.build_absolute_uri(self.request.path)
        return f"{path}?{query.urlencode(safe=',:/')}" if query else path

    def both(self, media_type: str, title: str) -> list[Link]:
        """`self` and `alternate`: this resource as data and as a page."""
        return [
            link(self.here(f="json"), "self", media_type, title),
            link(self.here(f="html"), "alternate", HTML, title),
        ]


def link(href: str, rel: str, media_type: str, title: str) -> Link:
    """One link."""
    return {"href": href, "rel": rel, "type": media_type, "title": title}
