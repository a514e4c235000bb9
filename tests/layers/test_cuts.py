"""Adding a layer is one entry of the catalogue: its tiles are cut from its rows, for each viewer their own."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.gis.db.models import PointField
from django.contrib.gis.db.models.functions import Centroid
from django.contrib.gis.geos import Point
from django.db.models import F

from gridmap.territory.models import Building, Facility, Grid, GroundFeature
from layers import catalogue, revisions, tiles
from layers.cuts.cut import Address
from layers.cuts.rows import attributes_of
from layers.layer import Field, Filter, Kind, Layer, Shape, Tiles, active
from tests.cast import COMMUNITIES, Board, centre_of
from tests.layers.places import address_of, decode, furnish, properties

HOMES = Layer(
    key="homes_of_many",
    title="Homes",
    group=catalogue.GROUND,
    shape=Shape.POINT,
    rows=active(Building),
    label="number",
    fields=(
        Field("number", "number"),
        Field("homes", "households", Kind.INTEGER, source="households", tile="hh"),
        Field("community", "community", source="community__code", tile="co"),
        Field("address", "address"),
    ),
    filters=(Filter("kind", "kind", "kind", choices=Building.Kind.choices, tile="k"),),
    geometry="point",
    zooms=(15, 22),
    tiles=Tiles("homes", ("home",), ("buildings",)),
)


@pytest.fixture
def with_entry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """`with_entry(layer)` puts one more entry on top of the catalogue."""

    def add(layer: Layer) -> None:
        monkeypatch.setattr(catalogue, "LAYERS", (layer, *catalogue.LAYERS))
        tiles._statement.cache_clear()

    yield add
    tiles._statement.cache_clear()


def drawn(name: str, z: int, areas: Sequence[str], point: Point | None = None) -> dict[str, Any]:
    data = tiles.draw(name, Address(*address_of(point or centre_of(COMMUNITIES[0]), z)), areas)
    return decode(data) if data else {}


def test_one_entry_for_a_table_is_a_layer_in_tiles(grids: list[Grid], with_entry: Any) -> None:
    with_entry(HOMES)
    layers = drawn("homes", 14, [""])
    assert list(layers) == ["home"]
    rows = properties(layers, "home")
    wanted = Building.objects.filter(pk__in=[row["id"] for row in rows]).values_list("pk", "households", "number")
    assert rows and sorted((row["id"], row["hh"], row["n"]) for row in rows) == sorted(wanted)
    assert {frozenset(row) for row in rows} == {frozenset({"id", "n", "hh", "co", "k"})}
    assert all(feature["geometry"]["type"] == "Point" for feature in layers["home"]["features"])


def test_the_entry_has_a_revision_that_moves_with_its_rows(grids: list[Grid], with_entry: Any) -> None:
    with_entry(HOMES)
    before = revisions.revisions([""])["homes"]
    Building.objects.filter(pk=Building.objects.order_by("pk")[0].pk).update(households=7)
    after = revisions.revisions([""])["homes"]
    assert before != after
    assert after.endswith("-" + revisions.scope_of([""]))


def test_rows_in_tiles_are_those_of_the_viewers_areas(grids: list[Grid], with_entry: Any) -> None:
    with_entry(HOMES)
    for areas in ([COMMUNITIES[0]], [f"{COMMUNITIES[0]}001"], [COMMUNITIES[1]]):
        found = {row["id"] for row in properties(drawn("homes", 14, areas), "home")}
        column = "grid__code" if len(areas[0]) == 15 else "community__code"
        assert found <= set(Building.objects.filter(**{column: areas[0]}).values_list("pk", flat=True)), areas
    home = Building.objects.filter(grid__isnull=False).select_related("grid")[0]
    own, other = home.grid.code, f"{COMMUNITIES[3]}001"  # type: ignore[union-attr]
    assert home.pk in {row["id"] for row in properties(drawn("homes", 16, [own], home.point), "home")}
    assert home.pk not in {row["id"] for row in properties(drawn("homes", 16, [other], home.point), "home")}
    assert drawn("homes", 14, []) == {}


def test_a_layer_is_cut_from_one_zoom_before_the_screen_draws_it(grids: list[Grid], with_entry: Any) -> None:
    with_entry(HOMES)
    assert drawn("homes", 13, [""]) == {}
    assert drawn("homes", 14, [""]) and drawn("homes", 18, [""]) is not None


def test_lines_and_areas_are_straightened_and_small_ones_left_out(board: Board, with_entry: Any) -> None:
    furnish(board.communities[0])
    with_entry(
        Layer(
            key="lines",
            title="Lines",
            group=catalogue.GROUND,
            shape=Shape.POLYGON,
            rows=active(GroundFeature),
            label="name",
            fields=(Field("name", "name"), Field("kind", "kind", tile="k")),
            tiles=Tiles("lines", ("line",), ("ground",), scoped=False),
        )
    )
    assert {row["k"] for row in properties(drawn("lines", 15, [""]), "line")} >= {"road_arterial"}
    pond = GroundFeature.objects.get(kind="water").geom.centroid
    assert "water" in {row["k"] for row in properties(drawn("lines", 14, [""], pond), "line")}
    assert "water" not in {row["k"] for row in properties(drawn("lines", 6, [""], pond), "line")}
    assert "lines" not in revisions.scoped_sets()


def test_a_shape_that_rows_work_out_can_be_cut(grids: list[Grid], with_entry: Any) -> None:
    def centres(user: Any, _moment: Any) -> Any:
        return Building.objects.visible_to(user).annotate(middle=Centroid(F("geom"), output_field=PointField()))

    with_entry(replace(HOMES, key="middles", rows=centres, geometry="middle", tiles=Tiles("m", ("m",), ("buildings",))))
    assert properties(drawn("m", 16, [""]), "m")


def test_rows_by_way_of_another_table(grids: list[Grid], with_entry: Any) -> None:
    facility = replace(
        HOMES,
        key="things_again",
        rows=active(Facility),
        label="name",
        fields=(Field("name", "name"),),
        filters=(),
        geometry="geom",
        tiles=Tiles("again", ("again",), ("facilities",)),
    )
    furnish(Building.objects.order_by("pk")[0].community)  # type: ignore[arg-type]
    with_entry(facility)
    point = Facility.objects.get().geom
    data = tiles.draw("again", Address(*address_of(point, 16)), [""])
    assert [row["n"] for row in properties(decode(data), "again")] == ["爱民卫生站"]


def test_no_column_that_needs_another_right_is_in_tiles() -> None:
    for layer in catalogue.LAYERS:
        if layer.tiles and layer.tiles.cut is None:
            told = set(attributes_of(layer).values())
            assert not {one.column for one in layer.fields if one.verb != layer.verb} & told, layer.key


def test_statements_hold_no_address_of_a_tile(grids: list[Grid]) -> None:
    one = tiles.statement("ground", 15, ("",))
    assert one is tiles.statement("ground", 15, ("990101",))  # the same for everyone
    assert tiles.statement("areas", 15, ("",)) != tiles.statement("areas", 15, ("990101",))
    assert "$1" in one and "$2" in one and "{tile" not in one
