"""Outside base maps that the settings offer: 天地图 with a key, any XYZ, any WMTS; pure, for the settings read it.

An address that comes out of here names its tile by {z}, {x}, {y} and perhaps {s}; several lie upon each other, the
lowest first.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

DATUMS = ("wgs84", "gcj02", "bd09")
KINDS = ("xyz", "wmts")
#: Names of an offered base map: they stand in the address of the page.
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,30}")
#: The base map of the plain settings, BASEMAP_URL and its companions.
SINGLE = "outside"
#: The national map service: layers by set, and what is written on each.
TIANDITU_HOST = "https://t{s}.tianditu.gov.cn"
TIANDITU_SETS = {"vec": ("天地图 矢量", "cva"), "img": ("天地图 影像", "cia")}
TIANDITU_ATTRIBUTION = "天地图 · 自然资源部"
EIGHT_HOSTS = "01234567"
#: What a WMTS is asked for unless its entry says otherwise.
WMTS = {"matrix_set": "w", "style": "default", "format": "image/png", "matrix_prefix": ""}
DEEPEST_ZOOM = 18


@dataclass(frozen=True)
class BaseMap:
    """One base map. `urls` lie upon each other; its tiles are cut in `datum`, the finest of them at `max_zoom`."""

    id: str
    title: str
    urls: tuple[str, ...]
    attribution: str
    datum: str = "wgs84"
    subdomains: str = EIGHT_HOSTS
    max_zoom: int = DEEPEST_ZOOM

    def as_json(self) -> dict[str, Any]:
        """As the page's map reads it."""
        return {
            "id": self.id,
            "title": self.title,
            "urls": list(self.urls),
            "attribution": self.attribution,
            "datum": self.datum,
            "subdomains": self.subdomains,
            "maxZoom": self.max_zoom,
        }


def tianditu(key: str) -> list[BaseMap]:
    """The national service's street and picture maps with their lettering; none without a key."""
    if not key:
        return []
    return [
        BaseMap(f"tianditu_{name}", title, (_tianditu(name, key), _tianditu(lettering, key)), TIANDITU_ATTRIBUTION)
        for name, (title, lettering) in TIANDITU_SETS.items()
    ]


def _tianditu(layer: str, key: str) -> str:
    """The tiles in Web Mercator (`_w`); those in degrees (`_c`) would need another projection of the whole map."""
    address = f"{TIANDITU_HOST}/{layer}_w/wmts"
    return f"{_wmts(address, WMTS | {'layer': layer, 'format': 'tiles'})}&{urlencode({'tk': key})}"


def single(url: str, *, key: str, attribution: str, datum: str) -> list[BaseMap]:
    """The one base map of the plain settings, whose name is what it says about its makers; none without an address."""
    if not url:
        return []
    entry = {"id": SINGLE, "title": attribution or urlsplit(url.split(maxsplit=1)[0]).netloc, "url": url, "key": key}
    return parse([entry | {"attribution": attribution, "datum": datum}])


def parse(entries: Any) -> list[BaseMap]:
    """Base maps from the list that the settings hold. Raises ValueError naming the entry, the field and the reason."""
    if not isinstance(entries, list):
        raise ValueError("BASEMAPS must be a list of objects")
    found = [_entry(number, entry) for number, entry in enumerate(entries, start=1)]
    if len({one.id for one in found}) < len(found):
        raise ValueError("BASEMAPS: two entries have the same id")
    return found


def _entry(number: int, entry: Any) -> BaseMap:
    if not isinstance(entry, Mapping):
        raise ValueError(f"BASEMAPS, entry {number}: must be an object")

    def text(field: str, default: str | None = None, among: Sequence[str] = ()) -> str:
        value = entry.get(field, default)
        if not isinstance(value, str) or (default is None and not value):
            raise ValueError(f"BASEMAPS, entry {number}, {field}: must be a text")
        if among and value not in among:
            raise ValueError(f"BASEMAPS, entry {number}, {field}: must be one of {', '.join(among)}")
        return value

    identifier = text("id")
    if not IDENTIFIER.fullmatch(identifier):
        raise ValueError(f"BASEMAPS, entry {number}, id: small letters, digits and _ only")
    kind, address = text("kind", "xyz", KINDS), text("url")
    deepest = entry.get("max_zoom", DEEPEST_ZOOM)
    if not isinstance(deepest, int) or not 0 < deepest <= 22:
        raise ValueError(f"BASEMAPS, entry {number}, max_zoom: must be a whole number from 1 to 22")
    if kind == "wmts":
        address = _wmts(address, {"layer": text("layer")} | {name: text(name, usual) for name, usual in WMTS.items()})
    urls = tuple(one.replace("{key}", text("key", "")) for one in address.split())
    for one in urls:
        _check(number, one)
    datum, hosts = text("datum", "wgs84", DATUMS), text("subdomains", EIGHT_HOSTS)
    return BaseMap(identifier, text("title"), urls, text("attribution", ""), datum, hosts, deepest)


def _check(number: int, url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http", "") or (parts.scheme and not parts.netloc):
        raise ValueError(f"BASEMAPS, entry {number}, url: must begin with https://, http:// or /")
    if not all(name in url for name in ("{z}", "{x}", "{y}")):
        raise ValueError(f"BASEMAPS, entry {number}, url: must hold {{z}}, {{x}} and {{y}}")


def _wmts(address: str, words: Mapping[str, str]) -> str:
    """A tile address of a WMTS 1.0.0: by path where `address` names {TileMatrix}, else by keys and values."""
    matrix = words["matrix_prefix"] + "{z}"
    if "{TileMatrix}" in address:
        places = {"{Layer}": words["layer"], "{Style}": words["style"], "{TileMatrixSet}": words["matrix_set"]}
        for place, value in (places | {"{TileMatrix}": matrix, "{TileRow}": "{y}", "{TileCol}": "{x}"}).items():
            address = address.replace(place, value)
        return address
    fixed = {"SERVICE": "WMTS", "REQUEST": "GetTile", "VERSION": "1.0.0", "LAYER": words["layer"]}
    named = {"STYLE": words["style"], "TILEMATRIXSET": words["matrix_set"], "FORMAT": words["format"]}
    joint = "&" if "?" in address else "?"
    query = urlencode(fixed | named, safe="/")
    return f"{address}{joint}{query}&TILEMATRIX={matrix}&TILEROW={{y}}&TILECOL={{x}}"


def origins(maps: Sequence[BaseMap]) -> list[str]:
    """The strangers that a page may take pictures from, each `https://host` with `{s}` as a wildcard; sorted."""
    return sorted({origin for one in maps for url in one.urls for origin in origins_of(url)})


def origins_of(url: str) -> Iterator[str]:
    """`https://host` of an address, or of a template of addresses; nothing for a path of our own."""
    scheme, separator, rest = url.partition("://")
    host = rest.split("/", 1)[0]
    if separator:
        yield f"{scheme}://*{host[host.index('}') + 1 :]}" if "}" in host else f"{scheme}://{host}"
