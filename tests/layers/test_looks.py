"""Every style of the catalogue says what the page's painters understand: their names, tokens and glyphs that exist."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from layers.catalogue import LAYERS
from layers.layer import Layer

STATIC = Path(settings.BASE_DIR) / "static"
EACH = pytest.mark.parametrize("layer", [one for one in LAYERS if one.style], ids=lambda layer: layer.key)
PAINTERS = {
    *("symbols", "line", "area"),
    *("ground", "buildings", "compounds", "grids", "regions"),
    *("camera", "care", "case"),
}
SHAPES = {"circle", "square", "triangle", "diamond", "pin"}
TRAITS: dict[str, type | tuple[type, ...]] = {
    "shape": str,
    "colour": str,
    "glyph": str,
    "size": (int, float),
    "hollow": bool,
    "width": (int, float),
    "dash": (list, tuple),
    "fill": (int, float),
    "hatch": bool,
}


def traits(style: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Those of the layer, and those of each value."""
    yield {name: value for name, value in style.items() if name not in {"painter", "by", "label", "squares"}}
    yield from style.get("by", {}).get("values", {}).values()


def tokens(theme: str) -> set[str]:
    """The colours that a theme names; the dark one stands after the light one."""
    light, dark = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8").split(':root[data-theme="dark"]')
    return set(re.findall(r"--([\w-]+):", light if theme == "light" else dark))


def test_every_layer_with_tiles_has_a_look() -> None:
    assert [layer.key for layer in LAYERS if layer.tiles and not layer.style] == []


@EACH
def test_the_painter_is_known(layer: Layer) -> None:
    assert layer.style.get("painter", "symbols") in PAINTERS


@EACH
def test_traits_are_known_and_of_their_kind(layer: Layer) -> None:
    for trait in traits(layer.style):
        for name, value in trait.items():
            assert isinstance(value, TRAITS[name]), (name, value)
        assert trait.get("shape", "circle") in SHAPES
        assert 2 <= trait.get("size", 18) <= 24


@EACH
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_tokens_of_both_themes(layer: Layer, theme: str) -> None:
    assert {trait["colour"] for trait in traits(layer.style) if "colour" in trait} <= tokens(theme)


@EACH
def test_glyphs_are_drawn(layer: Layer) -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "img" / "symbols.svg").read_text(encoding="utf-8")))
    assert {trait["glyph"] for trait in traits(layer.style) if "glyph" in trait} <= drawn


@EACH
def test_values_are_texts_and_the_label_says_from_where(layer: Layer) -> None:
    by, label = layer.style.get("by"), layer.style.get("label")
    if by:
        assert set(by) == {"attribute", "values"}
        assert all(isinstance(value, str) for value in by["values"])
    if label:
        assert set(label) <= {"attribute", "from"}
