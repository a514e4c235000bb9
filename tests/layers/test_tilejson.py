"""TileJSON: what a tool needs to draw a set, for who may see it."""

from collections.abc import Callable

import pytest
from django.test import Client

from gridmap.accounts.models import User
from gridmap.territory.models import Grid
from layers.revisions import tile_sets
from tests.cast import COMMUNITIES, Cast, centre_of
from tests.layers.places import address_of, decode, furnish, revision_for

SignIn = Callable[[User], Client]


@pytest.mark.parametrize("name", sorted(tile_sets()))
def test_each_set_describes_itself(grids: list[Grid], cast: Cast, signed_in: SignIn, name: str) -> None:
    document = signed_in(cast.officer).get(f"/tiles/{name}.json").json()
    assert document["tilejson"] == "3.0.0"
    assert document["tiles"] == [
        f"http://testserver/tiles/{name}/{{z}}/{{x}}/{{y}}.mvt?v={revision_for(cast.officer, name)}"
    ]
    assert 0 <= document["minzoom"] < document["maxzoom"] <= 20
    west, south, east, north = document["bounds"]
    assert west < east and south < north
    ids = [layer["id"] for layer in document["vector_layers"]]
    assert ids and len(set(ids)) == len(ids)


def test_fields_are_those_of_the_tiles(grids: list[Grid], cast: Cast, signed_in: SignIn) -> None:
    furnish(grids[0].community)
    client = signed_in(cast.planner)
    for name in ("ground", "areas", "things"):
        document = client.get(f"/tiles/{name}.json").json()
        described = {layer["id"]: layer for layer in document["vector_layers"]}
        for z in (12, 14, 16, 18):
            _z, x, y = address_of(centre_of(COMMUNITIES[0]), z)
            url = document["tiles"][0].format(z=z, x=x, y=y).removeprefix("http://testserver")
            response = client.get(url, headers={"Accept-Encoding": "gzip"})
            for layer, content in (decode(response.content) if response.content else {}).items():
                assert described[layer]["minzoom"] <= z <= described[layer]["maxzoom"]
                told = {key for feature in content["features"] for key in feature["properties"]}
                assert told <= set(described[layer]["fields"]), layer


def test_who_may_see_nothing_is_told_nothing(db: None, cast: Cast, signed_in: SignIn) -> None:
    assert Client().get("/tiles/ground.json").status_code == 401
    assert signed_in(cast.planner).get("/tiles/secrets.json").status_code == 404
    assert signed_in(cast.stranger).get("/tiles/ground.json").status_code in {401, 404}
