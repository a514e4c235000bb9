"""Every entry of the catalogue keeps what the readers of the catalogue rely on."""

import re

import pytest
from django.utils import timezone
from django.utils.translation import override

from layers.catalogue import BY_KEY, GROUPS, LAYERS, layers_for
from layers.layer import Field, Filter, Kind, Layer
from layers.revisions import tile_sets
from tests.cast import Cast

pytestmark = pytest.mark.django_db
EACH = pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: layer.key)
#: A name that a shapefile, a URL and a JSON key can hold alike.
NAME = re.compile(r"[a-z][a-z0-9_]{0,9}")


def test_keys_are_unique_and_groups_known() -> None:
    assert len(BY_KEY) == len(LAYERS)
    assert {layer.group for layer in LAYERS} <= set(GROUPS)


@EACH
def test_columns_exist_and_answer(layer: Layer, cast: Cast) -> None:
    columns = [layer.identity, layer.geometry, *(field.column for field in layer.fields)]
    list(layer.rows(cast.planner, None).values(*columns)[:3])


@EACH
def test_field_names_fit_every_format(layer: Layer) -> None:
    names = [field.name for field in layer.fields]
    assert len(set(names)) == len(names)
    assert all(NAME.fullmatch(name) for name in names), names
    assert layer.label in names


@EACH
def test_choices_stand_where_a_choice_is_asked(layer: Layer) -> None:
    every: list[Field | Filter] = [*layer.fields, *layer.filters]
    for one in every:
        assert bool(one.choices) == (one.kind == Kind.CHOICE), one.name


@EACH
def test_filters_ask_columns_of_the_rows(layer: Layer, cast: Cast) -> None:
    for one in layer.filters:
        value = one.choices[0][0] if one.choices else timezone.now() if one.kind == Kind.MOMENT else True
        layer.rows(cast.planner, None).filter(**{one.column: value}).exists()


@EACH
def test_tiles_lie_in_a_set_that_has_a_revision(layer: Layer) -> None:
    assert layer.tiles is None or layer.tiles.set in tile_sets()


@EACH
def test_nobody_is_shown_rows_without_a_post(layer: Layer, cast: Cast) -> None:
    assert not layer.rows(cast.stranger, None).exists()


def test_source_layers_are_drawn_by_one_entry_each() -> None:
    parts = [part for layer in LAYERS if layer.tiles for part in layer.tiles.parts]
    assert len(set(parts)) == len(parts)


def test_who_holds_no_post_sees_no_layer(cast: Cast) -> None:
    assert layers_for(cast.stranger) == []
    assert layers_for(cast.planner) == list(LAYERS)


@EACH
def test_square_metres_are_an_area_and_no_district_in_chinese(layer: Layer) -> None:
    with override("zh-hans"):
        titles = {str(field.title) for field in layer.fields if field.unit == "m²"}
    assert titles <= {"面积", "建筑面积"}, titles


@EACH
def test_a_filter_with_the_name_of_a_field_asks_its_column(layer: Layer) -> None:
    """Other people's tools take the property and the parameter of one name for the same."""
    columns = {field.name: field.column for field in layer.fields}
    assert all(columns.get(one.name, one.column) == one.column for one in layer.filters)
