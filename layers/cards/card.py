"""The parts of a card, and what all cards share."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.gis.geos import GEOSGeometry

from gridmap.territory.models.sourced import GENERATED
from layers.origins import origin_told

#: Shapes with more points than this are thinned for the outline on the map (a province has a hundred thousand).
OUTLINE_POINTS = 4000


@dataclass(frozen=True)
class Fact:
    """One figure or word; `value` is None where it is not known."""

    label: str
    value: str | int | float | None
    unit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Link:
    """Something to open or do; `type` and `id` name the thing where the verb is `select`."""

    label: str
    href: str
    verb: str
    type: str = ""
    id: str = ""


@dataclass(frozen=True)
class Section:
    """What concerns the thing in one respect: facts and things under a heading."""

    title: str
    facts: list[Fact] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True)
class Card:
    """Everything that is shown about one thing; `people_href` answers with who lives there, for whom it concerns."""

    type: str
    id: str
    title: str
    subtitle: str
    source: str
    shape: GEOSGeometry | None
    place: list[dict[str, Any]] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    source_href: str = ""
    people_href: str = ""
    sections: list[Section] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The card as the API gives it, its shape as GeoJSON with its box [west, south, east, north]."""
        return {
            "type": self.type,
            "id": self.id,
            "title": self.title,
            "subtitle": self.subtitle,
            "place": self.place,
            "facts": [vars(fact) for fact in self.facts],
            "findings": self.findings,
            "links": [vars(link) for link in self.links],
            "sections": [_section(one) for one in self.sections],
            "geometry": _geojson(self.shape),
            "bbox": [round(edge, 7) for edge in self.shape.extent] if self.shape else None,
            "generated": self.source == GENERATED,
            "source": origin_told(self.source),
            "sourceHref": self.source_href,
            "peopleHref": self.people_href,
        }


def select(label: str, kind: str, key: str) -> Link:
    """A link to the card of another thing."""
    return Link(label, f"/?select={kind}:{key}", "select", kind, key)


def listed(label: str, layer: str, area: str, **filters: str) -> Link:
    """A link to the list of a layer's things in an area (a region's or grid's code), narrowed by filters."""
    narrowed = {f"{layer}.{name}": value for name, value in filters.items()}
    query = urlencode({"tab": "things", "list": layer, "area": area, **narrowed})
    return Link(label, f"/?{query}", "list", layer, area)


def _section(section: Section) -> dict[str, Any]:
    return {
        "title": section.title,
        "facts": [vars(fact) for fact in section.facts],
        "links": [vars(link) for link in section.links],
    }


def _geojson(shape: GEOSGeometry | None) -> dict[str, Any] | None:
    if shape is None:
        return None
    if shape.num_coords > OUTLINE_POINTS:
        west, south, east, north = shape.extent
        shape = shape.simplify(max(east - west, north - south) / 2000, preserve_topology=True)
    geojson: dict[str, Any] = json.loads(shape.geojson)
    geojson["coordinates"] = _rounded(geojson["coordinates"])
    return geojson


def _rounded(coordinates: Any) -> Any:
    """Seven decimals: a centimetre."""
    return round(coordinates, 7) if isinstance(coordinates, float) else [_rounded(one) for one in coordinates]
