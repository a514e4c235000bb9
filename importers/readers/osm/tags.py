"""Which OpenStreetMap objects matter here, and as what (OpenStreetMap wiki: Map features, man_made=surveillance)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from importers.directions import read_direction
from importers.records import Value

KEYS = ("building", "highway", "railway", "waterway", "natural", "landuse", "leisure", "barrier", "man_made",
        "amenity", "healthcare", "social_facility", "shop", "place")  # fmt: skip
LAYERS = ("building", "road", "rail", "water", "wall", "green", "square", "camera", "lamp", "facility")
LINES = {"road", "rail", "wall"}
POINTS = {"camera", "lamp"}
ARTERIAL = {"motorway", "trunk", "primary", "secondary"}
LOCAL = {"tertiary", "residential", "unclassified", "road"}
LANE = {"living_street", "service", "pedestrian", "track"}
TRACKS = {"rail", "light_rail", "narrow_gauge"}
STREAMS = {"river", "canal"}
WALLS = {"wall", "city_wall", "fence", "retaining_wall"}
GREENS = {"grass", "forest", "recreation_ground", "village_green", "meadow", "orchard"}
AMENITIES = {
    "hospital": "hospital", "clinic": "health_station", "doctors": "health_station", "nursing_home": "eldercare",
    "social_facility": "eldercare", "townhall": "committee", "community_centre": "committee", "police": "police",
    "school": "school", "kindergarten": "kindergarten", "marketplace": "market", "pharmacy": "pharmacy",
}  # fmt: skip
ELDERLY_FACILITIES = {"nursing_home", "assisted_living", "group_home", "day_care", "ambulatory_care"}
#: What mappers write for "lit" and "wheelchair", as yes or no.
YES = {"yes", "24/7", "automatic", "sunset-sunrise", "dusk-dawn", "designated"}
Tags = Mapping[str, str]


def uses(tags: Tags) -> list[tuple[str, str]]:
    """Every (layer, kind) an object stands for; a school building is both a building and a facility."""
    found: list[tuple[str, str]] = []
    if tags.get("building", "no") != "no":
        found.append(("building", tags["building"]))
    found += [
        (layer, kind) for layer, kind in (_road(tags), _rail(tags), _water(tags), _wall(tags), _green(tags)) if layer
    ]
    if tags.get("man_made") == "surveillance" and tags.get("surveillance:type", "camera").lower() in {
        "camera",
        "alpr",
        "",
    }:
        found.append(("camera", tags.get("camera:type", "")))
    if tags.get("highway") == "street_lamp":
        found.append(("lamp", ""))
    if kind := _facility(tags):
        found.append(("facility", kind))
    return found


def direction_deg(tags: Tags) -> float | None:
    """Bearing of a camera in degrees clockwise from north (`importers.directions`)."""
    found = read_direction(tags.get("camera:direction") or tags.get("direction") or "")
    return found.bearing_deg if found else None


def fields(tags: Tags, number: str, layer: str, kind: str) -> dict[str, Value]:
    """The tags as they are, with the object's number and what it was taken for."""
    values: dict[str, Value] = dict(tags)
    values["osm_id"] = number
    values["kind"] = kind
    if layer == "camera":
        values |= _camera(tags)
    if layer == "lamp":
        values["lit"] = _yes_or_no(tags.get("lit", ""))
    if layer == "facility":
        values |= _facility_fields(tags)
    if layer == "building":
        values["address"] = " ".join(filter(None, (tags.get("addr:street"), tags.get("addr:housenumber")))) or None
    return values


def _camera(tags: Tags) -> dict[str, Value]:
    """Where it looks: a range of directions says how wide, too; domes without a direction look all around;
    camera:angle is the tilt. Figures that are none are left out."""
    direction = read_direction(tags.get("camera:direction") or tags.get("direction") or "")
    around = direction is None and tags.get("camera:type", "") in {"dome", "panning"}
    return {
        "bearing_deg": direction.bearing_deg if direction else None,
        "angle_deg": direction.angle_deg if direction else 360.0 if around else None,
        "tilt_deg": _figure(tags.get("camera:angle", ""), -90, 90),
        "height_m": _figure(tags.get("height") or tags.get("camera:height") or "", 0, 500),
        "operator": tags.get("operator", "")[:120],
    }


def _facility_fields(tags: Tags) -> dict[str, Value]:
    capacity = _figure(tags.get("capacity") or tags.get("beds") or "", 0, 1_000_000)
    return {
        "phone": (tags.get("phone") or tags.get("contact:phone") or "").split(";")[0].strip()[:60],
        "capacity": int(capacity) if capacity is not None and capacity.is_integer() else None,
        "accessible": _yes_or_no(tags.get("wheelchair", "")),
        "opening_hours": tags.get("opening_hours", "")[:300],
    }


def _yes_or_no(text: str) -> bool | None:
    return True if text in YES else False if text == "no" else None


def _figure(text: str, low: float, high: float) -> float | None:
    found = re.fullmatch(r"(-?[0-9]{1,7}(?:\.[0-9]+)?) ?(?:m|°)?", text.strip())
    return float(found[1]) if found and low <= float(found[1]) <= high else None


def _road(tags: Tags) -> tuple[str, str]:
    highway = tags.get("highway", "").removesuffix("_link")
    if tags.get("tunnel") == "yes":
        return "", ""
    for names, kind in ((ARTERIAL, "road_arterial"), (LOCAL, "road_local"), (LANE, "road_lane")):
        if highway in names:
            return "road", kind
    return "", ""


def _rail(tags: Tags) -> tuple[str, str]:
    above = tags.get("tunnel") != "yes" and tags.get("service") not in {"yard", "siding", "spur"}
    return ("rail", "rail") if tags.get("railway") in TRACKS and above else ("", "")


def _water(tags: Tags) -> tuple[str, str]:
    if tags.get("tunnel") in {"yes", "culvert"}:
        return "", ""
    if tags.get("waterway") in STREAMS:
        return "water", "river"
    river = tags.get("water") in {"river", "canal"} or tags.get("waterway") == "riverbank"
    if tags.get("natural") == "water" or river or tags.get("landuse") in {"reservoir", "basin"}:
        return "water", "river" if river else "water"
    return "", ""


def _wall(tags: Tags) -> tuple[str, str]:
    return ("wall", "wall") if tags.get("barrier") in WALLS else ("", "")


def _green(tags: Tags) -> tuple[str, str]:
    if tags.get("place") == "square":
        return "square", "square"
    green = tags.get("leisure") in {"park", "garden"} or tags.get("landuse") in GREENS or tags.get("natural") == "wood"
    return ("green", "green") if green else ("", "")


def _facility(tags: Tags) -> str:
    if tags.get("social_facility") in ELDERLY_FACILITIES or tags.get("social_facility:for") == "senior":
        return "eldercare"
    amenity = tags.get("amenity", "")
    if amenity == "social_facility" and "social_facility" in tags:
        return ""
    if amenity in AMENITIES:
        return AMENITIES[amenity]
    if tags.get("leisure") == "park" and tags.get("name"):
        return "park"
    return "market" if tags.get("shop") == "supermarket" else ""
