"""Landing page, conformance, OpenAPI, collections, schemas: what clients find their way by."""

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from django.test import Client
from openapi_spec_validator import OpenAPIV30SpecValidator

from gridmap.territory.models import Grid
from layers.catalogue import LAYERS
from layers.ogc.documents import CONFORMANCE
from layers.ogc.systems import SYSTEMS
from tests.cast import SIDE, SOUTH, WEST, Cast
from tests.layers.ogc.conftest import Reader

pytestmark = pytest.mark.django_db
PUBLIC = [layer for layer in LAYERS if layer.public]
EACH = pytest.mark.parametrize("layer", PUBLIC, ids=lambda layer: layer.key)


def rels(said: dict[str, Any]) -> dict[str, str]:
    """Relation → address (of data, where there is a page too)."""
    return {one["rel"]: one["href"] for one in said["links"] if one["type"] != "text/html" or one["rel"] != "items"}


def test_the_first_page_leads_everywhere(reader: Reader, board: object) -> None:
    """QGIS lists nothing where `service-desc`, `conformance` or `data` is missing."""
    found = rels(reader.get(""))
    assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} <= set(found)
    for rel in ("self", "service-desc", "conformance", "data"):
        reader.get(found[rel])


@pytest.mark.parametrize("path", ["", "/"])
def test_the_first_page_has_two_addresses_and_no_redirect(reader: Reader, path: str) -> None:
    assert reader.raw(path).status_code == 200


def test_it_says_what_it_conforms_to(reader: Reader) -> None:
    assert reader.get("/conformance")["conformsTo"] == list(CONFORMANCE)
    assert {"http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs"} <= set(CONFORMANCE)


def test_the_openapi_document_is_valid_and_lists_every_layer(reader: Reader, board: object) -> None:
    answer = reader.raw("/api")
    assert answer["Content-Type"] == "application/vnd.oai.openapi+json;version=3.0"
    said = reader.get("/api")
    assert [error.message for error in OpenAPIV30SpecValidator(said).iter_errors()] == []
    assert {f"/collections/{layer.key}/items" for layer in PUBLIC} <= set(said["paths"])
    limit = said["components"]["parameters"]["limit"]["schema"]
    assert (limit["minimum"], limit["maximum"]) == (1, 10_000)


def test_every_collection_is_a_public_layer(reader: Reader, board: object) -> None:
    said = reader.get("/collections")
    assert [one["id"] for one in said["collections"]] == [layer.key for layer in PUBLIC]
    assert "care" not in {one["id"] for one in said["collections"]}


@EACH
def test_a_collection_says_where_when_and_in_what(reader: Reader, grids: list[Grid], layer: Any) -> None:
    one = reader.get(f"/collections/{layer.key}")
    assert (one["id"], one["title"], one["itemType"]) == (layer.key, str(layer.title), "feature")
    assert one["crs"] == [system.uri for system in SYSTEMS] and one["storageCrs"] == SYSTEMS[0].uri
    assert {"self", "items", "describedby"} <= set(rels(one))
    assert ("temporal" in one["extent"]) == layer.dated


def test_the_extent_is_what_the_person_sees(reader_of: Callable[..., Reader], cast: Cast, grids: list[Grid]) -> None:
    wide = reader_of(cast.planner).get("/collections/grids")["extent"]["spatial"]["bbox"][0]
    narrow = reader_of(cast.planner, area="990101001001").get("/collections/grids")["extent"]["spatial"]["bbox"][0]
    assert wide == pytest.approx([WEST, SOUTH + SIDE, WEST + 2 * SIDE, SOUTH + 2 * SIDE])
    assert narrow == pytest.approx([WEST, SOUTH + SIDE, WEST + SIDE, SOUTH + 2 * SIDE])


@EACH
def test_the_schema_describes_what_features_hold(reader: Reader, grids: list[Grid], layer: Any) -> None:
    """Types are stable: every feature keeps to the schema of its layer, whatever its values."""
    schema = reader.get(f"/collections/{layer.key}/schema")
    jsonschema.Draft202012Validator.check_schema(schema)
    kinds = {
        name: {**one, "type": [one["type"], "null"], "oneOf": [*one["oneOf"], {"const": None}, {"const": ""}]}
        if "oneOf" in one
        else {**one, "type": [one["type"], "null"]}
        for name, one in schema["properties"].items()
        if name != "geometry"
    }
    strict = {"type": "object", "properties": kinds, "required": list(kinds), "additionalProperties": False}
    for feature in reader.get(f"/collections/{layer.key}/items")["features"]:
        jsonschema.validate(feature["properties"], strict)


@EACH
def test_queryables_narrow(reader: Reader, grids: list[Grid], layer: Any) -> None:
    """Each of them is a parameter that the collection takes."""
    for name, one in reader.get(f"/collections/{layer.key}/queryables")["properties"].items():
        if name != "geometry":
            value = {"integer": "1", "number": "1.5", "boolean": "true"}.get(one["type"], "x")
            value = str(one["oneOf"][0]["const"]) if "oneOf" in one else value
            value = {"date": "2026-01-01", "date-time": "2026-01-01T00:00:00Z"}.get(one.get("format", ""), value)
            reader.get(f"/collections/{layer.key}/items?{name}={value}&limit=1")


@pytest.mark.parametrize(
    "path",
    ["", "/conformance", "/api", "/collections", "/collections/grids", "/collections/grids/schema",
     "/collections/grids/queryables", "/collections/grids/items", "/collections/grids/items/990101001001001"],
)  # fmt: skip
def test_people_read_pages(cast: Cast, grids: list[Grid], signed_in: Callable[..., Client], path: str) -> None:
    client = signed_in(cast.planner)
    by_header = client.get(f"/ogc{path}", headers={"Accept": "text/html,*/*;q=0.8"})
    by_name = client.get(f"/ogc{path}?f=html")
    for page in (by_header, by_name):
        assert page.status_code == 200 and page["Content-Type"].startswith("text/html")
        assert "网格一张图" in page.content.decode()
    data = client.get(f"/ogc{path}?f=json", headers={"Accept": "text/html"})
    assert "json" in data["Content-Type"]


def test_a_page_of_features_has_them_in_rows(cast: Cast, grids: list[Grid], signed_in: Callable[..., Client]) -> None:
    page = signed_in(cast.planner).get("/ogc/collections/grids/items?f=html&limit=3").content.decode()
    assert page.count("<tr>") == 4 and 'rel="next"' in page


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_here(cast: Cast, board: object, signed_in: Callable[..., Client], method: str) -> None:
    answer = getattr(signed_in(cast.planner), method)("/ogc/collections/grids/items")
    assert answer.status_code == 405 and answer["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["", "/collections", "/collections/grids/items"])
def test_head_and_options_answer(cast: Cast, board: object, signed_in: Callable[..., Client], path: str) -> None:
    client = signed_in(cast.planner)
    head, full = client.head(f"/ogc{path}"), client.get(f"/ogc{path}")
    assert head.status_code == 200 and head.getvalue() == b"" and head["Content-Type"] == full["Content-Type"]
    options = client.options(f"/ogc{path}")
    assert options.status_code == 200 and options["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "path", ["/collections/nothing", "/collections/care", "/collections/care/items", "/collections/grids/items/1"]
)
def test_what_is_not_there_is_said_as_the_standard_has_it(reader: Reader, board: object, path: str) -> None:
    answer: Any = reader.raw(path)
    assert answer.status_code == 404 and set(answer.json()) == {"code", "description"}


@pytest.mark.parametrize("path", ["", "/conformance", "/api", "/collections", "/collections/grids"])
def test_an_unknown_parameter_is_refused(reader: Reader, board: object, path: str) -> None:
    assert "colour" in reader.refused(f"{path}?colour=red")["description"]
    reader.refused(f"{path}?f=xml")
