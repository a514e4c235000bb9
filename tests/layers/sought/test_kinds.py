"""Kinds of things are found by the titles and choices of the catalogue, and lead to the list of them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client

from gridmap.accounts.models import User
from gridmap.territory.component_classes import write_missing_classes
from gridmap.territory.models import Camera, Component, Compound, Facility, GroundFeature, StreetLamp
from layers.catalogue import LAYERS
from tests.cast import COMMUNITIES, SOURCE, Board, Cast, centre_of
from tests.gridmap.casework.making import make_case
from tests.layers.places import furnish

SignIn = Callable[[User], Client]
Search = Callable[..., dict[str, Any]]


@pytest.fixture
def search(board: Board, cast: Cast, signed_in: SignIn) -> Search:
    """`search("路灯", user=…, language=…, near=…)` is the answer."""
    furnish(board.communities[0])

    def get(words: str, user: User | None = None, language: str = "zh-hans", near: Point | None = None) -> Any:
        client = signed_in(user or cast.planner)
        client.cookies["django_language"] = language
        view = {"lon": str(near.x), "lat": str(near.y)} if near else {}
        response = client.get("/api/v1/search", {"q": words, **view})
        assert response.status_code == 200, response.content
        return response.json()

    return get


def put(kind: str, *names: str, at: Point | None = None) -> list[Facility]:
    spot = at or centre_of(COMMUNITIES[0])
    return [
        Facility.objects.create(source=SOURCE, source_ref=f"{kind}-{name}", kind=kind, name=name, geom=spot)
        for name in names
    ]


def first(answer: dict[str, Any]) -> tuple[str, str]:
    row = answer["rows"][0]
    return row["type"], row["id"]


def kinds(answer: dict[str, Any]) -> list[str]:
    return [row["id"] for row in answer["rows"] if row["type"] == "layer"]


@pytest.mark.parametrize("words", ["路灯", "LD", "ld", "ludeng", "lu deng"])
def test_a_layer_is_found_by_its_title_and_leads_to_its_list(search: Search, words: str) -> None:
    row = search(words)["rows"][0]
    assert (row["type"], row["id"], row["title"]) == ("layer", "lamps", "路灯")
    assert row["subtitle"] == f"共 {StreetLamp.objects.count()} 个 · 打开清单"
    assert row["lon"] is None and row["lat"] is None


@pytest.mark.parametrize("words", ["摄像头", "摄像机", "监控", "SXT", "shexiangtou"])
def test_a_layer_is_found_by_the_other_names_that_its_entry_has(search: Search, words: str) -> None:
    assert first(search(words)) == ("layer", "cameras")


@pytest.mark.parametrize("words", ["street lamps", "Lamps", "lamp"])
def test_titles_are_those_of_the_readers_language(search: Search, words: str) -> None:
    assert "lamps" in kinds(search(words, language="en"))
    assert "lamps" not in kinds(search("路灯", language="en"))


def test_a_choice_of_a_filter_leads_to_the_list_narrowed_to_it(search: Search) -> None:
    put("pharmacy", "和平便民药房", "长宁大药房")
    put("market", "长宁市场")
    row = search("药店")["rows"][0]
    assert (row["id"], row["title"]) == ("facilities?kind=pharmacy", "药店")
    assert row["subtitle"] == "设施 · 共 2 个 · 打开清单"
    assert first(search("yaodian")) == ("layer", "facilities?kind=pharmacy")


def test_the_nearest_follow_the_list(search: Search) -> None:
    for index, code in enumerate(COMMUNITIES):
        put("pharmacy", f"第{index}药房", at=centre_of(code))
    for index, code in enumerate(COMMUNITIES):
        row, nearest, *others = search("药店", near=centre_of(code))["rows"]
        assert row["type"] == "layer"
        assert (nearest["type"], nearest["title"]) == ("facility", f"第{index}药房")
        assert len(others) == len(COMMUNITIES) - 1


def test_a_thing_of_that_name_is_found_besides(search: Search) -> None:
    Compound.objects.filter(name="爱民佳苑").update(name="药店里")
    put("pharmacy", "和平药房")
    types = [row["type"] for row in search("药店")["rows"]]
    assert types[0] == "layer" and set(types) == {"layer", "facility", "compound"}


def test_a_class_of_components_leads_to_the_list_and_no_road_is_guessed(search: Search) -> None:
    write_missing_classes()
    GroundFeature.objects.filter(name="长宁路").update(name="拉吉巷")
    answer = search("垃圾箱")  # there is none, and that is what is said
    assert [(row["type"], row["id"], row["subtitle"]) for row in answer["rows"]] == [
        ("layer", "components?words=%E5%9E%83%E5%9C%BE%E7%AE%B1", "部件 · 共 0 个 · 打开清单")
    ]
    for number, category in enumerate(("0102", "0103", "0305")):
        code = f"990101{category}00000{number}"
        Component.objects.create(
            source=SOURCE, source_ref=code, code=code, category_id=category, geom=centre_of(COMMUNITIES[0])
        )
    [row, *others] = search("井盖")["rows"]
    assert (row["type"], row["title"], row["subtitle"]) == ("layer", "井盖", "部件 · 共 2 个 · 打开清单")
    assert [one["type"] for one in others] == ["component", "component"]
    assert [one["type"] for one in search("垃圾箱")["rows"]] == ["layer", "component"]


def test_the_list_holds_as_much_as_is_said(search: Search, cast: Cast, signed_in: SignIn) -> None:
    put("pharmacy", "和平药房", "长宁药房", "爱民药房")
    write_missing_classes()
    for words, url in (
        ("药店", "/api/v1/layers/facilities/rows?kind=pharmacy"),
        ("路灯", "/api/v1/layers/lamps/rows"),
        ("井盖", "/api/v1/layers/components/rows?q=井盖"),
    ):
        listed = signed_in(cast.officer).get(url).json()["count"]
        assert f"共 {listed} 个" in search(words, user=cast.officer)["rows"][0]["subtitle"]


@pytest.mark.parametrize("words", ["灯", "l", "药店3号", "一社区 路灯", "不存在"])
def test_one_character_and_an_address_are_no_kind(search: Search, words: str) -> None:
    assert kinds(search(words)) == []


def test_what_one_may_not_see_is_counted_for_nobody(search: Search, cast: Cast) -> None:
    make_case(number="20261122-000123", at=centre_of(COMMUNITIES[3]), address="长宁路5号")
    own = make_case(number="20261122-000124", at=centre_of(COMMUNITIES[0]), address="和平路1号")
    row, *others = search("事件", user=cast.officer)["rows"]
    assert row["id"] == "cases" and row["subtitle"].startswith("共 1 个")
    assert [(one["type"], one["id"]) for one in others if one["type"] == "case"] == [("case", str(own.pk))]
    assert "和平路1号" not in str(others), "nor where it is, to whoever may"


def test_layers_that_are_not_for_everybodys_tools_are_not_offered(search: Search) -> None:
    hidden = {layer.key for layer in LAYERS if not layer.public}
    assert {"care", "duty", "homes"} <= hidden
    for words in ("每楼照护", "在岗人员", "网格员", "楼栋户数"):
        assert not hidden & {one.partition("?")[0] for one in kinds(search(words))}


def test_the_nearest_cameras_are_theirs(search: Search) -> None:
    rows = search("摄像头")["rows"]
    assert {row["id"] for row in rows if row["type"] == "camera"} <= {
        str(pk) for pk in Camera.objects.values_list("pk", flat=True)
    }
    assert all(row["lon"] is not None for row in rows if row["type"] == "camera")
