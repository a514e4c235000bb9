"""Where things come from is told in the reader's words: in the layer tree, on cards, in lists."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import translation

from gridmap.accounts.models import User
from gridmap.territory.models import Camera, Facility
from gridmap.territory.models.sourced import GENERATED
from layers.catalogue import BY_KEY
from layers.opening import sources
from layers.origins import origin_told
from tests.cast import COMMUNITIES, Board, Cast, centre_of

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
PLANS = ["plan 0b7c3c1e-6a55-4f52-8f0a-5f7f6f1f1f1f", "plan 1b7c3c1e-6a55-4f52-8f0a-5f7f6f1f1f1f"]


@pytest.mark.parametrize(
    ("source", "language", "told"),
    [(GENERATED, "zh-hans", "生成的示例数据"), (GENERATED, "en", "generated sample data"),
     (PLANS[0], "zh-hans", "已采用的划分方案"), ("民政局", "zh-hans", "民政局"),
     ("planning office", "en", "planning office"), ("", "en", "")],
)  # fmt: skip
def test_a_source_is_told_in_words(source: str, language: str, told: str) -> None:
    with translation.override(language):
        assert origin_told(source) == told


def test_the_tree_names_each_source_once_in_every_language(board: Board, cast: Cast) -> None:
    for number, source in enumerate([GENERATED, *PLANS]):
        Camera.objects.create(source=source, source_ref=str(number), geom=centre_of(COMMUNITIES[0]))
    cameras = BY_KEY["cameras"]
    with translation.override("zh-hans"):
        assert sources(cameras, cast.planner) == ["生成的示例数据", "已采用的划分方案"]
    with translation.override("en"):
        assert sources(cameras, cast.planner) == ["generated sample data", "adopted plans"]


def test_cards_and_lists_say_the_same(board: Board, cast: Cast, signed_in: SignIn) -> None:
    thing = Camera.objects.create(
        source=GENERATED, source_ref="1", name="东门", owner="某局", geom=centre_of(COMMUNITIES[0])
    )
    client: Client = signed_in(cast.planner)
    card = client.get(f"/api/v1/cameras/{thing.pk}").json()
    listed = client.get("/api/v1/layers/cameras/rows").json()
    columns = {one["name"]: one for one in listed["columns"]}
    assert card["source"] == listed["rows"][0]["fields"]["source"] == "生成的示例数据" and card["generated"]
    assert {"label": columns["owner"]["title"], "value": "某局"}.items() <= next(
        one for one in card["facts"] if one["value"] == "某局"
    ).items()


def test_a_list_tells_opening_hours_and_pages_on_by_what_is_kept(board: Board, cast: Cast, signed_in: SignIn) -> None:
    for number, text in enumerate(["Mo-Fr 09:00-17:00", "24/7", "看情况"]):
        Facility.objects.create(
            source="某局", source_ref=str(number), name=str(number), hours_text=text, geom=centre_of(COMMUNITIES[0])
        )
    client: Client = signed_in(cast.planner)
    address, found = "/api/v1/layers/facilities/rows?sort=hours&limit=1", []
    while address:
        answer = client.get(address).json()
        found += [row["fields"]["hours"] for row in answer["rows"]]
        address = answer["next"]
    assert found == ["全天", "周一至周五 09:00–17:00", "看情况"]
    sorts = {one["name"]: one["sorts"] for one in answer["columns"]}
    assert (sorts["name"], sorts["hours"], sorts["source"]) == (True, False, False)


def test_a_card_repeats_the_written_hours_only_where_they_say_something_else(
    board: Board, cast: Cast, signed_in: SignIn
) -> None:
    table = {"week": [[["09:00", "17:00"]]] * 5 + [[], []], "days": {}}
    client: Client = signed_in(cast.planner)
    for text, repeated in (("Mo-Fr 09:00-17:00", None), ("Mo-Fr 08:00-17:00", "周一至周五 08:00–17:00"), ("", None)):
        thing = Facility.objects.create(
            source="某局", source_ref=text, name="x", hours=table, hours_text=text, geom=centre_of(COMMUNITIES[0])
        )
        sections = client.get(f"/api/v1/facilities/{thing.pk}").json()["sections"]
        facts = {fact["label"]: fact["value"] for part in sections for fact in part["facts"]}
        assert facts.get("来源原文") == repeated, facts
