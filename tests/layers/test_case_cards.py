"""The card of a case: what, since when, where on its day and today, and what may be the same matter."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone

from gridmap.accounts.models import User
from gridmap.accounts.roles import Network, Role
from gridmap.casework.models import Case
from gridmap.casework.search import cases_numbered
from gridmap.territory.models import Grid
from gridmap.territory.services import NewGrid, replace_grids
from layers.at import things_at
from tests.cast import COMMUNITIES, SIDE, Cast, corner_of, give_post, person, square
from tests.gridmap.casework.making import REPORTED, close, make_case
from tests.layers.test_cases import quarter

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def card(client: Client, key: int, kind: str = "cases") -> dict[str, Any]:
    """The card as the API gives it."""
    response = client.get(f"/api/v1/{kind}/{key}", headers={"Accept-Language": "en"})
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def facts(found: dict[str, Any]) -> dict[str, tuple[Any, str]]:
    """Label → value and note."""
    return {fact["label"]: (fact["value"], fact["note"]) for fact in found["facts"]}


@pytest.fixture
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def case(grids: list[Grid], english: None) -> Case:
    """In the first grid, urgent, an hour late."""
    return make_case(
        at=quarter(COMMUNITIES[0], 0),
        urgent=True,
        due_at=timezone.now() - timedelta(hours=1),
        description="A bag has burst.",
        address="长宁路",
    )


def test_a_card_tells_what_since_when_and_where(case: Case, cast: Cast, signed_in: SignIn) -> None:
    found = card(signed_in(cast.planner), case.pk)
    assert (found["type"], found["id"]) == ("case", str(case.pk))
    assert found["subtitle"].startswith(case.number)
    told = facts(found)
    assert told["Class of case"] == ("市容环境 › 暴露垃圾", "")
    assert told["Network"][0] == Network.CITY_MANAGEMENT.label
    assert told["Stage"] == ("reported", "urgent")
    assert told["Description"] == ("A bag has burst.", "")
    assert "late" in told["Due"][1]
    assert told["Place"] == ("长宁路", "")
    assert told["Grid of that day"] == ("990101001001001", "")
    assert found["findings"] == ["It is overdue."]
    assert [link["id"] for link in found["links"]] == ["990101001001001", COMMUNITIES[0]]
    assert [place["code"] for place in found["place"]][-1] == COMMUNITIES[0]
    assert found["geometry"]["type"] == "Point"
    assert found["sections"] == []


def test_a_screen_in_a_hall_tells_nobodys_words_and_nobodys_door(case: Case, cast: Cast, signed_in: SignIn) -> None:
    give_post(wall := person("wall", "大屏"), Role.WALL_SCREEN, COMMUNITIES[0])
    told = facts(card(signed_in(wall), case.pk))
    assert "Description" not in told and "Place" not in told
    assert told["Grid of that day"] == ("990101001001001", "")


def test_a_closed_case_tells_how_long_it_took_and_how_late(case: Case, cast: Cast, signed_in: SignIn) -> None:
    Case.objects.update(due_at=REPORTED + timedelta(hours=1))
    close(case, after=timedelta(hours=5))
    found = card(signed_in(cast.planner), case.pk)
    assert "after 5" in facts(found)["Closed"][1]
    assert len(found["findings"]) == 1
    assert "4" in found["findings"][0]


def test_after_a_re_drawing_both_grids_are_told(case: Case, cast: Cast, signed_in: SignIn) -> None:
    west, south = corner_of(COMMUNITIES[0])
    community = case.grid.community if case.grid else None
    assert community
    shape = NewGrid(square(west, south, SIDE), Grid.Kind.GENERAL, [])
    (fresh,) = replace_grids(community=community, grids=[shape], source="test", at=timezone.now())
    found = card(signed_in(cast.planner), case.pk)
    assert facts(found)["Grid of that day"] == ("990101001001001", f"today {fresh}")
    assert "The grids were drawn anew: the place lies in another grid today." in found["findings"]
    assert [link["id"] for link in found["links"]] == ["990101001001001", fresh.code, COMMUNITIES[0]]


def test_cases_of_the_same_class_within_50_m_and_30_days_are_linked(case: Case, cast: Cast, signed_in: SignIn) -> None:
    def beside(metres: float) -> Point:
        return Point(case.geom.x, case.geom.y + metres / 111_320, srid=4326)

    near = make_case(at=beside(45))
    make_case(at=beside(60))
    make_case("C-E01-04", at=beside(10))
    make_case(at=beside(10), reported_at=REPORTED - timedelta(days=31))
    late = make_case(at=beside(10), reported_at=REPORTED + timedelta(days=29))
    (section,) = card(signed_in(cast.planner), case.pk)["sections"]
    assert [link["id"] for link in section["links"]] == [str(late.pk), str(near.pk)]
    assert section["facts"][0]["value"] == 2


def test_cases_elsewhere_do_not_exist(case: Case, cast: Cast, signed_in: SignIn) -> None:
    other = make_case(at=quarter(COMMUNITIES[1], 0))
    assert signed_in(cast.officer).get(f"/api/v1/cases/{case.pk}").status_code == 200
    assert signed_in(cast.worker).get(f"/api/v1/cases/{case.pk}").status_code == 200
    for user in (cast.officer, cast.worker):
        assert signed_in(user).get(f"/api/v1/cases/{other.pk}").status_code == 404
    assert signed_in(cast.planner).get(f"/api/v1/cases/{other.pk + 9}").status_code == 404


def test_a_click_close_up_finds_the_case(case: Case, cast: Cast) -> None:
    where = (case.geom.x, case.geom.y)
    assert things_at(*where, 17, cast.planner)["found"][0] == {
        "type": "case",
        "id": str(case.pk),
        "title": case.number,
    }
    assert "case" not in {one["type"] for one in things_at(*where, 15, cast.planner)["found"]}
    give_post(stranger := person("elsewhere", "某"), Role.GRID_WORKER, "990101001002001")
    assert "case" not in {one["type"] for one in things_at(*where, 17, stranger)["found"]}


def test_a_case_is_found_by_its_number(case: Case, cast: Cast) -> None:
    other = make_case(at=quarter(COMMUNITIES[1], 0), source="311", source_ref="A-77")
    for asked in (case.number, case.number.replace("-", ""), f" {case.number[:-1]}"):
        assert case in cases_numbered(asked, cast.planner)
    assert list(cases_numbered("A-77", cast.planner)) == [other]
    assert list(cases_numbered("A-77", cast.officer)) == []
    assert list(cases_numbered(other.number, cast.officer)) == []
    for nonsense in ("", "2026", "长宁路", "%", "99999999-1"):
        assert list(cases_numbered(nonsense, cast.planner)) == []


def test_duty_is_told_by_role_with_names_for_people_and_none_on_a_wall(
    grids: list[Grid], cast: Cast, english: None, signed_in: SignIn
) -> None:
    post = give_post(person("w1", "甲"), Role.GRID_WORKER, grids[1].code)
    give_post(person("w2", "乙"), Role.GRID_WORKER, grids[1].code)
    give_post(person("l1", "丙"), Role.GRID_LEADER, grids[1].code)
    assert facts(card(signed_in(cast.officer), post.pk, "duty")) == {
        "grid worker": (2, "甲、乙"),
        "grid leader": (1, "丙"),
    }
    wall = person("wall", "大屏")
    give_post(wall, Role.WALL_SCREEN, COMMUNITIES[0])
    assert facts(card(signed_in(wall), post.pk, "duty")) == {"grid worker": (2, ""), "grid leader": (1, "")}
    assert signed_in(cast.worker).get(f"/api/v1/duty/{post.pk}").status_code == 404
