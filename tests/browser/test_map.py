"""The map: what a person switches, fades, narrows and dims is what the pictures show; strangers wait to be chosen."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route
from pytest_django.live_server_helper import LiveServer

from gridmap.territory.models import Facility, Grid
from layers import basemaps
from tests.cast import COMMUNITIES, Board, Cast, centre_of
from tests.layers.places import furnish

Fresh = Callable[..., BrowserContext]
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000"
    "0500017a5eab3f0000000049454e44ae426082"
)
#: A page of nothing but a map, on the very site: its scripts, its session, its policy's headers aside.
BARE = """<!doctype html><html lang="en" data-theme="light"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/vendor/leaflet/leaflet.css"><link rel="stylesheet" href="/static/css/tokens.css">
<div id="map" class="bare"></div><script type="module">
import {{ createMap }} from "/static/js/map/ground.js";
const element = document.getElementById("map");
element.style.cssText = "position:absolute;inset:0";
const ground = createMap(element, {{ view: {{ lon: {lon}, lat: {lat}, zoom: {zoom} }}, live: false, scale: 1 }});
window.ground = ground;
window.settled = async () => {{
  await new Promise((done) => setTimeout(done, 150));
  const drawn = () => [...ground.tiles.sheets.values()].every(({{ offer, failed }}) => offer || failed);
  while (!drawn()) await new Promise(requestAnimationFrame);
  await new Promise((done) => setTimeout(done, 300));
}};
window.inked = (selector) => [...document.querySelectorAll(selector)].reduce((sum, canvas) => {{
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [canvas.width, canvas.height];
  const context = copy.getContext("2d");
  context.drawImage(canvas, 0, 0);
  const data = context.getImageData(0, 0, copy.width, copy.height).data;
  for (let i = 3; i < data.length; i += 4) sum += data[i];
  return sum;
}}, 0);
ground.ready.then(() => window.settled()).then(() => {{ window.prepared = true; }});
</script></html>"""
TILES, OVERLAY, LIVE = ".leaflet-tile-pane canvas", ".leaflet-lettering-pane canvas", ".leaflet-live-pane canvas"


@pytest.fixture
def bare(fresh: Fresh, live_server: LiveServer, furnished: Board, grids: list[Grid], cast: Cast) -> Page:
    """The map alone, at the first community."""
    return open_bare(fresh(cast.planner).new_page(), live_server)


@pytest.fixture
def furnished(board: Board) -> Board:
    """Communities with everything that can stand in them."""
    furnish(board.communities[0])
    return board


def open_bare(page: Page, live_server: LiveServer, zoom: int = 16) -> Page:
    """The map at the middle of the first community, drawn."""
    lon, lat = centre_of(COMMUNITIES[0])
    body = BARE.format(lon=lon, lat=lat, zoom=zoom)

    def answer(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body=body)

    page.route("**/bare", answer)
    page.goto(live_server.url + "/bare")
    page.wait_for_function("window.prepared")
    return page


def inked(page: Page, selector: str) -> int:
    """How much is drawn on the canvases once it stays the same."""
    before = -1
    for _ in range(30):
        page.evaluate("() => window.settled()")
        now = int(page.evaluate("(selector) => window.inked(selector)", selector))
        if now == before:
            break
        before = now
    return now


def test_a_layer_fades_with_its_opacity_and_is_gone_at_nothing(bare: Page) -> None:
    bare.evaluate("() => ground.show({ load: false, grids: false, regions: false, ground: false, compounds: false })")
    full = inked(bare, TILES)
    bare.evaluate("() => ground.setOpacity('buildings', 0.5)")
    half = inked(bare, TILES)
    bare.evaluate("() => ground.setOpacity('buildings', 0)")
    assert inked(bare, TILES) == 0
    assert half == pytest.approx(full / 2, rel=0.05)


def test_a_filter_takes_away_what_it_does_not_want_and_gives_it_back(bare: Page) -> None:
    marks = "ground.tiles.laid().flatMap(({ offer }) => offer.marks).filter(({ layer }) => layer === 'facilities')"
    before = bare.evaluate(f"() => {marks}")
    kind = min(one["properties"]["k"] for one in before)
    bare.evaluate("() => ground.setFilter('facilities', { kind: ['nothing of the kind'] })")
    bare.wait_for_function(f"() => {marks}.length === 0")
    bare.evaluate("(kind) => ground.setFilter('facilities', { kind: [kind] })", kind)
    bare.wait_for_function(f"() => {marks}.length > 0")
    assert {one["properties"]["k"] for one in bare.evaluate(f"() => {marks}")} == {kind}
    bare.evaluate("() => ground.setFilter('facilities', null)")
    bare.wait_for_function(f"(count) => {marks}.length === count", arg=len(before))


def test_a_symbol_is_found_where_it_is_drawn_and_not_when_it_is_switched_off(bare: Page) -> None:
    facility = Facility.objects.first()
    assert facility
    at = f"() => ground.markAt({{ lat: {facility.geom.y}, lng: {facility.geom.x} }})"
    bare.evaluate(f"() => ground.map.setView([{facility.geom.y}, {facility.geom.x}], 17, {{ animate: false }})")
    found = f"({at})()"
    bare.wait_for_function(f"() => {found}?.layer === 'facilities'")
    assert bare.evaluate(at)["id"] == str(facility.pk)
    bare.evaluate("() => ground.show({ facilities: false })")
    bare.wait_for_function(f"() => {found}?.layer !== 'facilities'")


def test_an_area_dims_what_lies_outside(bare: Page) -> None:
    before = inked(bare, OVERLAY)
    west, south, east, north = bare.evaluate("() => ground.info.extent")
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    bare.evaluate("(ring) => ground.setArea({ type: 'Polygon', coordinates: [ring] })", ring)
    assert inked(bare, OVERLAY) != before
    bare.evaluate("() => ground.setArea(null)")
    assert inked(bare, OVERLAY) == before


def test_live_points_come_move_and_go_one_by_one(bare: Page) -> None:
    assert inked(bare, LIVE) == 0
    bare.evaluate("() => { const { lat, lng } = ground.map.getCenter(); ground.live.set(1, lng, lat, {}); }")
    one = inked(bare, LIVE)
    assert one > 0
    assert bare.evaluate("() => ground.live.at(ground.map.getCenter()).id") == 1
    bare.evaluate(
        "() => { const { lat, lng } = ground.map.getCenter(); ground.live.set(2, lng + 0.001, lat, { u: 1 }); }"
    )
    assert inked(bare, LIVE) == pytest.approx(2 * one, rel=0.1)
    bare.evaluate("() => { const { lat, lng } = ground.map.getCenter(); ground.live.set(1, lng - 0.001, lat, {}); }")
    assert inked(bare, LIVE) == pytest.approx(2 * one, rel=0.1)
    assert bare.evaluate("() => ground.live.at(ground.map.getCenter())") is None
    bare.evaluate("() => { ground.live.remove(1); ground.live.remove(2); }")
    assert inked(bare, ":is(.leaflet-live-pane canvas):not([style*='none'])") == 0


def test_between_two_zooms_tiles_meet_to_the_pixel(bare: Page) -> None:
    bare.evaluate("() => { ground.map.options.zoomSnap = 0; ground.map.setZoom(15.3, { animate: false }); }")
    bare.evaluate("() => window.settled()")
    edges = bare.evaluate(
        "() => [...document.querySelectorAll('.leaflet-tile-pane canvas')].map((one) => one.getBoundingClientRect())"
        ".map(({ left, top, right, bottom }) => [left, top, right, bottom])"
    )
    lefts, rights = {edge[0] for edge in edges}, {edge[2] for edge in edges}
    assert len(edges) > 4
    assert all(value == round(value) for edge in edges for value in edge)
    assert rights - {max(rights)} <= lefts


def test_a_stranger_is_asked_only_when_chosen_and_its_map_is_moved_to_where_it_belongs(
    fresh: Fresh, live_server: LiveServer, furnished: Board, cast: Cast, settings: Any, record: list[str]
) -> None:
    entry = {"id": "street", "title": "Street", "url": "https://maps.example/{z}/{x}/{y}.png"}
    settings.BASEMAPS = basemaps.parse([entry | {"datum": "gcj02"}, entry | {"id": "plain"}])
    context = fresh(cast.planner)
    asked: list[str] = []

    def picture(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=200, content_type="image/png", body=PIXEL)

    context.route("https://maps.example/**", picture)
    page = open_bare(context.new_page(), live_server)
    assert asked == []
    page.evaluate("() => ground.setBasemap('plain')")
    page.evaluate("() => window.settled()")
    plain = page.evaluate("() => [...document.querySelectorAll('.leaflet-basemap-pane img')].length")
    assert plain == len(asked) > 0
    page.evaluate("() => ground.setBasemap('street')")
    page.evaluate("() => window.settled()")
    assert "shifted_basemap" in page.inner_text(".leaflet-control-attribution")  # the bare page has no words
    page.evaluate("() => ground.setBasemap('')")
    assert page.evaluate("() => [...document.querySelectorAll('.leaflet-basemap-pane img')].length") == 0
    record[:] = [fault for fault in record if "maps.example" not in fault]


def test_a_set_that_fails_is_left_out_told_and_asked_for_again_and_the_others_are_drawn(
    bare: Page, record: list[str]
) -> None:
    asked: list[str] = []
    full = inked(bare, TILES)

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503)

    bare.context.route("**/tiles/areas/**", refuse)
    bare.evaluate("() => { window.told = 0; ground.tiles.on('trouble', () => { window.told += 1; }); }")
    bare.evaluate("() => { ground.revisions.areas += 'x'; ground.tiles.refresh(); }")
    bare.wait_for_function("() => window.told > 0")
    assert 0 < inked(bare, TILES) != full
    first = len(asked)
    bare.context.unroute("**/tiles/areas/**")
    bare.wait_for_function("() => [...ground.tiles.sheets.values()].every(({ failed }) => !failed)")
    assert first == len(set(asked))
    assert inked(bare, TILES) == full
    record[:] = [fault for fault in record if "503" not in fault]
