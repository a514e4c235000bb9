"""Outside base maps from the settings: addresses that a page can ask, and clear words where an entry is wrong."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from layers import basemaps

XYZ = {"id": "town", "title": "Town", "url": "https://maps.example/{z}/{x}/{y}.png"}


def test_the_national_service_needs_a_key() -> None:
    assert basemaps.tianditu("") == []
    street, picture = basemaps.tianditu("k&1")
    assert [urlsplit(url).path for url in street.urls] == ["/vec_w/wmts", "/cva_w/wmts"]
    assert [urlsplit(url).path for url in picture.urls] == ["/img_w/wmts", "/cia_w/wmts"]
    asked = parse_qs(urlsplit(street.urls[1]).query)
    assert asked == {
        "SERVICE": ["WMTS"],
        "REQUEST": ["GetTile"],
        "VERSION": ["1.0.0"],
        "LAYER": ["cva"],
        "STYLE": ["default"],
        "TILEMATRIXSET": ["w"],
        "FORMAT": ["tiles"],
        "TILEMATRIX": ["{z}"],
        "TILEROW": ["{y}"],
        "TILECOL": ["{x}"],
        "tk": ["k&1"],
    }


def test_an_xyz_address_stays_as_it_is() -> None:
    (one,) = basemaps.parse([XYZ | {"datum": "gcj02", "attribution": "somebody", "max_zoom": 19, "subdomains": "abc"}])
    assert one.as_json() == {
        "id": "town",
        "title": "Town",
        "urls": ["https://maps.example/{z}/{x}/{y}.png"],
        "attribution": "somebody",
        "datum": "gcj02",
        "subdomains": "abc",
        "maxZoom": 19,
    }
    assert json.loads(json.dumps(one.as_json())) == one.as_json()


def test_several_addresses_lie_upon_each_other_and_take_the_key() -> None:
    two = XYZ | {"url": "https://a.example/{z}/{x}/{y}?k={key} https://b.example/{z}/{x}/{y}", "key": "abc"}
    assert basemaps.parse([two])[0].urls == (
        "https://a.example/{z}/{x}/{y}?k=abc",
        "https://b.example/{z}/{x}/{y}",
    )


def test_a_wmts_is_asked_by_keys_and_values() -> None:
    entry = {"id": "w", "title": "W", "kind": "wmts", "url": "https://w.example/ows?map=1", "layer": "底图 a"}
    (one,) = basemaps.parse([entry | {"matrix_set": "GoogleMapsCompatible", "matrix_prefix": "EPSG:3857:"}])
    url = urlsplit(one.urls[0])
    asked = parse_qs(url.query)
    assert asked["map"] == ["1"]
    assert (asked["LAYER"], asked["FORMAT"], asked["TILEMATRIXSET"]) == (
        ["底图 a"],
        ["image/png"],
        ["GoogleMapsCompatible"],
    )
    assert asked["TILEMATRIX"] == ["EPSG:3857:{z}"]


def test_a_wmts_is_asked_by_path() -> None:
    url = "https://w.example/{Layer}/{Style}/{TileMatrixSet}/{TileMatrix}/{TileRow}/{TileCol}.png"
    entry = {"id": "w", "title": "W", "kind": "wmts", "url": url, "layer": "base", "matrix_set": "g"}
    assert basemaps.parse([entry])[0].urls == ("https://w.example/base/default/g/{z}/{y}/{x}.png",)


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ("no object", "object"),
        ({"title": "T", "url": "https://m.example/{z}/{x}/{y}"}, "id"),
        (XYZ | {"id": "Große Karte"}, "id"),
        (XYZ | {"title": 7}, "title"),
        (XYZ | {"url": "https://m.example/{z}/{x}"}, "url"),
        (XYZ | {"url": "ftp://m.example/{z}/{x}/{y}"}, "url"),
        (XYZ | {"url": "https:///{z}/{x}/{y}"}, "url"),
        (XYZ | {"kind": "wms"}, "kind"),
        (XYZ | {"kind": "wmts"}, "layer"),
        (XYZ | {"datum": "mars"}, "datum"),
        (XYZ | {"max_zoom": "18"}, "max_zoom"),
        (XYZ | {"max_zoom": 40}, "max_zoom"),
    ],
)
def test_a_wrong_entry_is_named_with_its_field(entry: Any, field: str) -> None:
    with pytest.raises(ValueError, match=f"BASEMAPS, entry 2.*{field}"):
        basemaps.parse([XYZ | {"id": "first"}, entry])


def test_what_is_no_list_and_what_is_named_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="list"):
        basemaps.parse({"id": "town"})
    with pytest.raises(ValueError, match="same id"):
        basemaps.parse([XYZ, XYZ])


def test_the_plain_settings_make_one() -> None:
    assert basemaps.single("", key="", attribution="", datum="wgs84") == []
    (one,) = basemaps.single("https://m.example/{z}/{x}/{y}?k={key}", key="1", attribution="", datum="gcj02")
    assert (one.id, one.title, one.datum) == ("outside", "m.example", "gcj02")
    assert one.urls == ("https://m.example/{z}/{x}/{y}?k=1",)


def test_the_policy_names_the_strangers_and_nobody_else() -> None:
    own = {"id": "own", "title": "Own", "url": "/maps/{z}/{x}/{y}.png"}
    maps = [*basemaps.tianditu("k"), *basemaps.parse([XYZ, own])]
    assert basemaps.origins(maps) == ["https://*.tianditu.gov.cn", "https://maps.example"]
