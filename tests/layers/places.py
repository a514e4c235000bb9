"""Tiles over the chessboard, and what stands on it."""

import gzip
import math
from typing import Any

import mapbox_vector_tile
from django.contrib.gis.geos import LineString, MultiPolygon, Point
from django.test import Client

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.territory.models import Camera, Compound, Facility, GroundFeature, Region, StreetLamp
from layers.revisions import revisions
from tests.cast import SIDE, SOURCE, centre_of, corner_of, square

Layers = dict[str, Any]


def address_of(point: Point, z: int) -> tuple[int, int, int]:
    """The tile of zoom `z` that holds a point in degrees."""
    across = (point.x + 180) / 360
    down = (1 - math.asinh(math.tan(math.radians(point.y))) / math.pi) / 2
    return z, int(across * 2**z), int(down * 2**z)


def tile_url(name: str, point: Point, z: int, revision: str = "") -> str:
    """The address of a tile."""
    zoom, x, y = address_of(point, z)
    return f"/tiles/{name}/{zoom}/{x}/{y}.mvt" + (f"?v={revision}" if revision else "")


def revision_for(user: User, name: str) -> str:
    """The revision that a page of this person would ask for now."""
    return revisions(areas_of(user, Verb.VIEW))[name]


def decode(data: bytes) -> Layers:
    """A tile's layers by name, as sent (gzip or plain)."""
    plain = gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    decoded: Layers = mapbox_vector_tile.decode(plain, default_options={"y_coord_down": True})
    return decoded


def fetch(client: Client, url: str) -> Layers:
    """The layers of a tile that must be there, {} where it is empty."""
    response = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert response.status_code in {200, 204}, response.content
    return decode(response.content) if response.status_code == 200 else {}


def properties(layers: Layers, layer: str) -> list[dict[str, Any]]:
    """The attributes of the features of one layer."""
    return [feature["properties"] for feature in layers.get(layer, {}).get("features", [])]


def gather(client: Client, name: str, community: str, z: int) -> dict[str, dict[int, dict[str, Any]]]:
    """Layer → feature id → attributes, from all tiles that touch a community."""
    west, south = corner_of(community)
    edge = SIDE * 0.001
    _z, first_x, first_y = address_of(Point(west + edge, south + SIDE - edge), z)
    _z, last_x, last_y = address_of(Point(west + SIDE - edge, south + edge), z)
    found: dict[str, dict[int, dict[str, Any]]] = {}
    for x in range(first_x, last_x + 1):
        for y in range(first_y, last_y + 1):
            for layer, content in fetch(client, f"/tiles/{name}/{z}/{x}/{y}.mvt").items():
                rows = {feature["id"]: feature["properties"] for feature in content["features"]}
                found.setdefault(layer, {}).update(rows)
    return found


def furnish(community: Region) -> None:
    """Ground, a compound, a camera, a lamp and a clinic in one community of the chessboard."""
    west, south = corner_of(community.code)
    middle = centre_of(community.code)
    road = LineString((west, middle.y), (west + SIDE, middle.y), srid=4326)
    GroundFeature.objects.create(
        source=SOURCE, source_ref=f"{community.code}-road", kind="road_arterial", name="长宁路", weight=0.8, geom=road
    )
    GroundFeature.objects.create(
        source=SOURCE,
        source_ref=f"{community.code}-pond",
        kind="water",
        geom=square(west + 0.001, south + 0.001, 0.001),
    )
    yard = MultiPolygon(square(west + 0.0005, south + 0.0055, 0.004), srid=4326)
    Compound.objects.create(
        source=SOURCE, source_ref=f"{community.code}-yard", name="爱民佳苑", community=community, walled=True, geom=yard
    )
    Camera.objects.create(
        source=SOURCE,
        source_ref=f"{community.code}-gate",
        name="南门摄像机",
        bearing_deg=90,
        angle_deg=60,
        range_m=40,
        status="working",
        sees_at_night=False,
        geom=middle,
    )
    StreetLamp.objects.create(source=SOURCE, source_ref=f"{community.code}-lamp", lit=True, geom=middle)
    Facility.objects.create(
        source=SOURCE,
        source_ref=f"{community.code}-clinic",
        kind="health_station",
        name="爱民卫生站",
        address="长宁路88号",
        geom=Point(middle.x + 0.002, middle.y, srid=4326),
    )
