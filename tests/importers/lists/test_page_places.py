"""Picking the building of a row whose address is not clear."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from gridmap.accounts.models import User
from gridmap.territory.models import Compound
from importers.lists.models import CompoundAlias
from tests.cast import Board, Cast
from tests.importers.lists.onthepages import START, address, checked
from tests.importers.lists.people import AREA, ESTATE, OTHER_ESTATE, estates, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("same_connection")]
SignIn = Callable[[User], Client]


def test_a_building_of_another_area_cannot_be_picked(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    buildings = estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    row = client.get(address("places", run)).context["row"]
    type(buildings[0]).objects.filter(pk=buildings[0].pk).update(community=board.communities[1])
    assert client.post(address("pick", run, row.pk), {"building": buildings[0].pk}).status_code == 404
    assert client.post(address("pick", run, row.pk), {"building": "9" * 40}).status_code == 404
    assert client.post(address("pick", run, row.pk), {"building": "nonsense"}).status_code == 404


def test_another_building_is_found_by_words(board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path) -> None:
    estates(board)
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    found = client.get(address("places", run), {"find": f"{OTHER_ESTATE} 1", "after": "4"}).context["found"]
    assert [one["label"] for one in found] == [f"{OTHER_ESTATE} 1号楼"]


@pytest.mark.parametrize(
    ("words", "first"),
    [("3栋", 3), ("3号楼", 3), ("3", 3), ("三幢", 3), ("13栋", 13), (f"{ESTATE}3幢", 3), (f"{ESTATE} 33", 33)],
)
def test_the_very_number_is_found_before_those_that_end_with_it_and_has_a_key(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path, words: str, first: int
) -> None:
    twin = estates(board)[2]
    for number in (13, 23, 33):
        twin.pk, twin.source_ref, twin.number = None, f"{ESTATE}-{number}", f"{number}号楼"
        twin.address = f"一社区长宁路12号{ESTATE}{number}号楼"
        twin.save()
    client = signed_in(cast.officer)
    run = checked(client, tmp_path)
    answer = client.get(address("places", run), {"find": words, "after": "4"})
    found = [one["label"] for one in answer.context["found"]]
    assert found[0] == f"{ESTATE} {first}号楼"
    body = answer.content.decode()
    assert body.count('data-key="1"') == 1
    key = body[: body.index('data-key="1"')].rindex("<button")
    assert f'value="{answer.context["found"][0]["building"].pk}"' in body[key : key + 120]


def test_an_address_without_a_compound_is_offered_the_only_one(
    board: Board, cast: Cast, signed_in: SignIn, tmp_path: Path
) -> None:
    buildings = estates(board)
    buildings[-1].delete()
    client = signed_in(cast.officer)
    run = checked(
        client, tmp_path, [person(现住址="3幢2单元502"), person("王一", 公民身份号码="", 现住址="小区3幢2单元502")]
    )
    for after in ("0", "2"):
        context = client.get(address("places", run), {"after": after}).context
        assert [one["building"].pk for one in context["candidates"]] == [buildings[2].pk]
        assert context["spelling"] == ""


def test_a_spelling_can_be_taken_back_by_who_may_import_there(board: Board, cast: Cast, signed_in: SignIn) -> None:
    estates(board)
    compound = Compound.objects.get(name=ESTATE)
    alias = CompoundAlias.objects.create(area=AREA, spelling="爱民小镇", compound=compound)
    forget = reverse("population_lists:forget_spelling", args=[alias.pk])
    assert signed_in(cast.planner).post(forget).status_code == 404
    assert "爱民小镇" in signed_in(cast.officer).get(START).content.decode()
    signed_in(cast.officer).post(forget)
    assert not CompoundAlias.objects.exists()
