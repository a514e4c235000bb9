"""The search: doors, numbers, pinyin, codes, coordinates, nearness, scope; what is said where nothing is found."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gridmap.accounts.models import User
from gridmap.finding.understanding import LONGEST_QUERY
from gridmap.territory.component_classes import write_missing_classes
from gridmap.territory.models import Building, Camera, Component, Compound, Facility, Grid, Region, StreetLamp
from tests.cast import COMMUNITIES, SOURCE, Board, Cast, centre_of, corner_of
from tests.gridmap.casework.making import make_case
from tests.layers.places import furnish

SignIn = Callable[[User], Client]
Ask = Callable[..., dict[str, Any]]
#: Of one search, those that find out who asks among them.
MOST_STATEMENTS = 19


@pytest.fixture
def furnished(board: Board, grids: list[Grid]) -> Board:
    furnish(board.communities[0])
    yard = Compound.objects.get(name="爱民佳苑")
    Building.objects.filter(community=board.communities[0], number__in=("1号楼", "3号楼")).update(compound=yard)
    return board


@pytest.fixture
def ask(furnished: Board, cast: Cast, signed_in: SignIn) -> Ask:
    """`ask("和平路", user=…, near=point)` is the answer."""

    def get(words: str, user: User | None = None, near: Point | None = None) -> dict[str, Any]:
        client = signed_in(user or cast.planner)
        client.cookies["django_language"] = "en"
        view = {"lon": str(near.x), "lat": str(near.y)} if near else {}
        response = client.get("/api/v1/search", {"q": words, **view})
        assert response.status_code == 200, response.content
        answer: dict[str, Any] = response.json()
        return answer

    return get


def titles(answer: dict[str, Any], kind: str = "building") -> list[str]:
    return [row["title"] for row in answer["rows"] if row["type"] == kind]


@pytest.mark.parametrize(
    ("words", "kind", "title"),
    [
        ("爱民佳苑3栋", "building", "3号楼"),
        ("爱民佳苑 3", "building", "3号楼"),
        ("爱民佳苑3-2-501", "building", "3号楼"),
        ("amjy", "compound", "爱民佳苑"),
        ("aimin jiayuan", "compound", "爱民佳苑"),
        ("amjy3", "building", "3号楼"),
        ("amjy 3", "building", "3号楼"),
        ("yishequ", "region", "一社区"),
        ("changninglu", "road", "长宁路"),
        ("cnl", "road", "长宁路"),
        ("一社区长宁路5号", "building", "5号楼"),
        ("长宁路88号", "facility", "爱民卫生站"),
        ("amwsz", "facility", "爱民卫生站"),
        ("nanmen", "camera", "南门摄像机"),
        ("yishequ 003", "grid", f"{COMMUNITIES[0]}003"),
        ("爱敏佳苑", "compound", "爱民佳苑"),
        ("aimn jiayuan", "compound", "爱民佳苑"),
    ],
)
def test_it_is_found_first(ask: Ask, words: str, kind: str, title: str) -> None:
    row = ask(words)["rows"][0]
    assert (row["type"], row["title"]) == (kind, title)


def test_a_number_alone_finds_the_nearest_building_of_that_number(ask: Ask) -> None:
    for code in COMMUNITIES[:2]:
        west, south = corner_of(code)
        row = ask("3-2-501", near=Point(west + 0.006, south + 0.007, srid=4326))["rows"][0]
        assert Building.objects.get(pk=row["id"]).community.code == code  # type: ignore[union-attr]
        assert row["title"] == "3号楼"


def test_of_equals_the_nearest_comes_first(ask: Ask, board: Board) -> None:
    for index, code in enumerate(COMMUNITIES):
        spot = centre_of(code)
        Facility.objects.create(source=SOURCE, source_ref=f"p{index}", kind="pharmacy", name="便民药房", geom=spot)
    for code in COMMUNITIES:
        row = ask("便民药房", near=centre_of(code))["rows"][0]
        assert (row["lon"], row["lat"]) == pytest.approx((centre_of(code).x, centre_of(code).y))


def test_exact_comes_before_begins_with_before_holds(ask: Ask) -> None:
    spot = centre_of(COMMUNITIES[0])
    for index, name in enumerate(("大长宁药房", "长宁药房东店", "长宁药房")):
        Facility.objects.create(source=SOURCE, source_ref=f"p{index}", name=name, geom=spot)
    assert titles(ask("长宁药房"), "facility") == ["长宁药房", "长宁药房东店", "大长宁药房"]


def test_a_name_that_holds_a_number_is_found_by_all_of_it(ask: Ask) -> None:
    shed = Facility.objects.earliest("pk")
    Facility.objects.filter(pk=shed.pk).update(name="爱民佳苑3号自行车棚")
    rows = ask("爱民佳苑3号自行车棚")["rows"]
    assert (rows[0]["type"], rows[0]["title"]) == ("facility", "爱民佳苑3号自行车棚")


def test_things_of_a_kind_stand_together(ask: Ask) -> None:
    kinds = [row["type"] for row in ask("一社区")["rows"]]
    assert len(kinds) > 2
    runs = [kind for before, kind in zip([None, *kinds], kinds, strict=False) if kind != before]
    assert len(runs) == len(set(runs))


def test_lamps_and_cameras_are_found_by_their_number_in_the_source(ask: Ask) -> None:
    lamp, camera = StreetLamp.objects.get(), Camera.objects.get()
    assert ask(lamp.source_ref)["rows"][0]["id"] == str(lamp.pk)
    assert {(row["type"], row["id"]) for row in ask(camera.source_ref)["rows"]} >= {("camera", str(camera.pk))}


@pytest.mark.parametrize("words", ["30.2741,120.1551", "120.1551 30.2741", "30°16.446' 120°9.306'"])
def test_coordinates_are_a_place(ask: Ask, words: str) -> None:
    [row] = ask(words)["rows"]
    assert (row["type"], row["id"]) == ("point", "120.155100,30.274100")
    assert (row["lon"], row["lat"]) == pytest.approx((120.1551, 30.2741))


def test_where_nothing_is_found_it_says_what_was_tried(ask: Ask) -> None:
    answer = ask("不存在大道12号5栋")
    assert answer["rows"] == []
    assert answer["tried"][:3] == ["a name with 不存在大道", "door number 12", "building number 5"]
    assert ask("zzzzqx")["tried"][0] == "pinyin or initials zzzzqx"
    assert ask("一社区")["tried"] == []


def test_a_misspelt_name_says_what_it_was_taken_for(ask: Ask) -> None:
    assert ask("爱敏佳苑")["tried"][0] == "“爱敏佳苑” taken for 爱民佳苑"


def test_a_door_that_is_not_there_shows_the_street(ask: Ask) -> None:
    answer = ask("长宁路9999号")
    assert answer["rows"][0]["title"] == "长宁路"
    assert "door number 9999" in answer["tried"]


def test_pinyin_is_scoped_like_names(ask: Ask, cast: Cast) -> None:
    assert len(titles(ask("一社区长宁路", user=cast.worker))) == 2
    assert titles(ask("ershequ changninglu", user=cast.officer)) == []
    other = Building.objects.filter(community__code=COMMUNITIES[1])[0]
    assert str(other.pk) not in {row["id"] for row in ask("3-2-501", user=cast.officer)["rows"]}


def elsewhere(*names: str) -> None:
    """Compounds of a community that officer and worker do not see."""
    community = Region.objects.get(code=COMMUNITIES[3])
    for name in names:
        Compound.objects.create(source=SOURCE, source_ref=name, name=name, community=community)


def test_words_of_other_places_crowd_nobody_out(ask: Ask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere("和平里", "和平苑", "和平居")
    own = Compound.objects.create(
        source=SOURCE, source_ref="own", name="和平里三区东", community=Region.objects.get(code=COMMUNITIES[0])
    )
    monkeypatch.setattr("gridmap.finding.services.MOST_WORDS", 2)
    monkeypatch.setattr("gridmap.finding.services.MOST_ALIKE", 2)
    for words in ("hp", "和平", "和萍里三区东", "和平李"):
        assert titles(ask(words, user=cast.worker), "compound") == [own.name], words
        assert titles(ask(words, user=cast.officer), "compound") == [own.name], words


def test_a_misspelt_name_is_taken_for_nothing_that_one_may_not_see(ask: Ask, cast: Cast) -> None:
    elsewhere("爱民嘉园", "和平里")
    assert ask("爱明佳园", user=cast.planner)["tried"][0] == "“爱明佳园” taken for 爱民佳苑、爱民嘉园"
    assert ask("爱明佳园", user=cast.officer)["tried"][0] == "“爱明佳园” taken for 爱民佳苑"
    for words in ("和苹里", "hepign li", "和平里"):
        answer = ask(words, user=cast.officer)
        assert answer["rows"] == [] and "taken for" not in str(answer) and "和平里" not in str(answer["tried"][1:])


def test_a_misspelt_name_is_taken_only_for_what_was_found(ask: Ask, cast: Cast) -> None:
    elsewhere("和平里")
    Compound.objects.filter(name="和平里").update(active=False)  # its word is known as before
    answer = ask("和苹里")
    assert answer["rows"] == [] and answer["tried"] == ["a name with 和苹里"]


@pytest.mark.parametrize("words", ["爱民佳苑3栋", "爱民佳苑", "长宁路5号", "990101", "amjy", "不存在路"])
def test_a_search_asks_few_statements_and_the_areas_once(ask: Ask, cast: Cast, signed_in: SignIn, words: str) -> None:
    client = signed_in(cast.officer)
    client.get("/api/v1/search", {"q": words})
    with CaptureQueriesContext(connection) as asked:
        client.get("/api/v1/search", {"q": words, "lon": "120.155", "lat": "30.274"})
    statements = [one["sql"] for one in asked.captured_queries]
    assert len(statements) <= MOST_STATEMENTS, len(statements)
    areas = [one for one in statements if 'SELECT "accounts_post"."area"' in one]
    assert len(areas) <= 2, "once for each right: places, and what is private of cases"
    assert len(statements) == len(set(statements)), "a statement is asked twice"


def component(code: str, at: Point, name: str = "") -> Component:
    write_missing_classes()
    return Component.objects.create(
        source=SOURCE, source_ref=code, code=code, category_id=code[6:10], name=name, geom=at
    )


def test_components_are_found_by_code_class_and_region(ask: Ask, cast: Cast) -> None:
    here, there = (component(f"990101010300000{number}", centre_of(COMMUNITIES[number])) for number in (0, 1))
    other = component("9901010118000007", centre_of(COMMUNITIES[0]), "甲灯")
    [row] = ask(here.code)["rows"]
    assert (row["type"], row["id"], row["title"]) == ("component", str(here.pk), here.code)
    assert row["subtitle"] == f"雨水井盖 · {here.code}" and row["lon"] == pytest.approx(here.geom.x)
    assert titles(ask("9901010103"), "component") == [here.code, there.code]
    assert titles(ask("雨水井盖", near=there.geom), "component") == [there.code, here.code]
    assert titles(ask("一社区 井盖"), "component") == titles(ask("一社区井盖"), "component") == [here.code]
    assert other.name not in titles(ask("井盖"), "component")
    assert titles(ask("990101"), "component") == []
    Component.objects.filter(pk=here.pk).update(active=False)
    assert titles(ask(here.code), "component") == []


def test_cases_are_found_by_their_number_without_a_word_of_them(ask: Ask, cast: Cast) -> None:
    case = make_case(
        number="20261122-000123", address="长宁路5号", description="甲家", source="12345", source_ref="R-77"
    )
    for words in (case.number, "20261122000123", "20261122", "20261122-0001", "R-77"):
        [row] = [one for one in ask(words)["rows"] if one["type"] == "case"]
        assert (row["id"], row["title"]) == (str(case.pk), case.number)
        assert row["subtitle"].startswith("暴露垃圾 · ") and "长宁" not in str(row) and "甲" not in str(row)
    elsewhere = make_case(number="20261122-000999", at=centre_of(COMMUNITIES[3]))
    assert titles(ask(elsewhere.number), "case") == [elsewhere.number]
    assert titles(ask(elsewhere.number, user=cast.officer), "case") == []
    assert titles(ask("2026"), "case") == titles(ask("甲家"), "case") == []


def test_retired_things_are_not_found(ask: Ask) -> None:
    Compound.objects.update(active=False)
    Facility.objects.update(active=False)
    assert [row["type"] for row in ask("爱民")["rows"]] == []


@pytest.mark.parametrize("view", [{"lon": "200", "lat": "30"}, {"lon": "nan", "lat": "1"}, {"lon": "x", "lat": "1"}])
def test_a_view_outside_the_world_is_refused(
    furnished: Board, cast: Cast, signed_in: SignIn, view: dict[str, str]
) -> None:
    response = signed_in(cast.planner).get("/api/v1/search", {"q": "a", **view})
    assert response.status_code == 400
    assert "lon" in str(response.json()["error"]["fields"])


def test_no_person_is_ever_found(ask: Ask, cast: Cast) -> None:
    for words in ("谢规划", "planner", "xieguihua", "13800000000", "110101199003070000"):
        assert ask(words)["rows"] == []


@pytest.mark.parametrize(
    ("words", "language", "said"),
    [
        ("长" * 101, "zh-hans", "最多只能搜索 100 个字。"),
        ("x" * 101, "en", "At most 100 characters can be looked for."),
        ("\x00", "zh-hans", "搜索的内容里有无法识别的字符，请删去后再试。"),
        ("长宁\x00路", "en", "The words hold a character that can't be looked for."),
    ],
)
def test_what_can_not_be_searched_is_refused_in_a_sentence(
    furnished: Board, cast: Cast, signed_in: SignIn, words: str, language: str, said: str
) -> None:
    client = signed_in(cast.planner)
    client.cookies["django_language"] = language
    for route in ("/api/v1/search", "/api/v1/grids"):
        response = client.get(route, {"q": words})
        assert response.status_code == 400
        assert response.json()["error"]["fields"]["q"] == [said]


def test_as_many_characters_as_the_page_lets_through_are_searched(ask: Ask) -> None:
    assert ask("长" * LONGEST_QUERY)["rows"] == []
    page = Path(settings.BASE_DIR, "templates/console/console.html").read_text()
    assert f'id="search" type="search" maxlength="{LONGEST_QUERY}"' in page
