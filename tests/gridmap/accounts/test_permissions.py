"""Rights come from posts: the role's verbs, inside the area, during the period."""

from datetime import date

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError
from pytest_django import DjangoAssertNumQueries

from gridmap.accounts.models import Organisation, Post
from gridmap.accounts.permissions import area_prefix, areas_of, asked_once, inside, may
from gridmap.accounts.roles import VERBS, Role, Verb
from gridmap.territory.models import Building, Grid, GridEdition, Region
from tests.cast import Board, Cast, give_post, person


@pytest.mark.parametrize(
    ("code", "prefix"),
    [
        ("990000000000", "99"),
        ("990100000000", "9901"),
        ("990101000000", "990101"),
        ("990101001000", "990101001"),
        ("990101001001", "990101001001"),
        ("990101001001007", "990101001001007"),
        ("990101001", "990101001"),
    ],
)
def test_a_prefix_stands_for_a_region(code: str, prefix: str) -> None:
    assert area_prefix(code) == prefix


def test_areas_follow_role_and_period(cast: Cast) -> None:
    assert areas_of(cast.planner, Verb.DRAW_GRIDS) == ["990101"]
    assert areas_of(cast.planner, Verb.ADOPT_PLAN) == []
    assert areas_of(cast.approver, Verb.ADOPT_PLAN) == ["990101"]
    assert areas_of(cast.worker, Verb.VIEW) == ["990101001001001"]
    assert areas_of(cast.administrator, Verb.ADMINISTER) == [""]
    assert areas_of(cast.stranger, Verb.VIEW) == []
    assert areas_of(cast.former, Verb.VIEW) == []
    assert areas_of(cast.former, Verb.DRAW_GRIDS, on=date(2025, 12, 31)) == ["990101"]
    assert areas_of(AnonymousUser(), Verb.VIEW) == []


def test_a_post_counts_from_its_first_to_its_last_day(cast: Cast) -> None:
    Post.objects.create(
        person=cast.stranger, role=Role.PLANNER, area="990101001", starts_on=date(2026, 3, 1), ends_on=date(2026, 3, 31)
    )
    held = [
        day
        for day in (date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1))
        if areas_of(cast.stranger, Verb.VIEW, on=day)
    ]
    assert held == [date(2026, 3, 1), date(2026, 3, 31)]


def test_a_wider_area_swallows_the_narrower(cast: Cast) -> None:
    give_post(cast.planner, Role.GRID_WORKER, "990101001001001")
    give_post(cast.planner, Role.GRID_WORKER, "9902")
    assert areas_of(cast.planner, Verb.VIEW) == ["9902", "990101"]


def test_who_is_switched_off_has_no_right(cast: Cast) -> None:
    cast.planner.is_active = False
    assert areas_of(cast.planner, Verb.VIEW) == []


def test_may_needs_the_whole_thing_inside(cast: Cast) -> None:
    assert may(cast.planner, Verb.DRAW_GRIDS, "990101000000")
    assert may(cast.planner, Verb.DRAW_GRIDS, "990101002001")
    assert not may(cast.planner, Verb.DRAW_GRIDS, "990100000000")
    assert not may(cast.planner, Verb.DRAW_GRIDS, "990102001001")
    assert inside("990101001001001", ["990101001001"])
    assert not inside("990101001001", ["990101001001001"])


def test_every_role_may_look_and_only_some_may_change() -> None:
    assert set(VERBS) == set(Role)
    assert all(Verb.VIEW in verbs for verbs in VERBS.values())
    assert {role for role, verbs in VERBS.items() if Verb.ADOPT_PLAN in verbs} == {Role.APPROVER, Role.ADMINISTRATOR}


def test_regions_show_the_way_down_to_ones_area(board: Board, cast: Cast) -> None:
    codes = set(Region.objects.visible_to(cast.officer).values_list("code", flat=True))
    assert codes == {"990000000000", "990100000000", "990101000000", "990101001000", "990101001001"}
    assert Region.objects.visible_to(cast.planner).count() == 9
    assert not Region.objects.visible_to(cast.stranger).exists()


def test_grids_and_buildings_are_seen_inside_ones_area_alone(grids: list[Grid], cast: Cast) -> None:
    assert Grid.objects.visible_to(cast.worker).get() == grids[0]
    assert GridEdition.objects.visible_to(cast.officer).count() == 4
    assert GridEdition.objects.visible_to(cast.planner).count() == 8
    assert {building.grid_id for building in Building.objects.visible_to(cast.worker)} == {grids[0].pk}
    assert Building.objects.visible_to(cast.officer).count() == 8
    assert not Building.objects.visible_to(cast.former).exists()


def test_a_building_without_a_community_is_for_who_sees_everything(cast: Cast) -> None:
    Building.objects.create(source="x", source_ref="1", geom="SRID=4326;POINT(1 1)")
    assert Building.objects.visible_to(cast.administrator).count() == 1
    assert not Building.objects.visible_to(cast.planner).exists()


@pytest.mark.parametrize("area", ["9", "99010", "99010100100x", "%", "99010100"])
def test_an_area_is_a_code_prefix_or_nothing(db: None, area: str) -> None:
    with pytest.raises(IntegrityError, match="code_prefix"):
        give_post(person("someone", "某人"), Role.PLANNER, area)


def test_a_post_cannot_end_before_it_starts(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="post_ends_after_it_starts"):
        give_post(cast.stranger, Role.PLANNER, "99", ends_on=date(2019, 1, 1))


def test_names_as_people_write_them(cast: Cast) -> None:
    assert str(cast.worker) == cast.worker.get_full_name() == cast.worker.get_short_name() == "李网格"
    assert str(person("nameless", "")) == "nameless"
    assert str(Organisation.objects.get()) == "样例县规划局"
    assert "990101001001" in str(cast.officer.posts.get())


def test_within_a_request_the_asker_is_looked_up_once_per_verb(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with asked_once(cast.planner), django_assert_num_queries(2):
        assert may(cast.planner, Verb.DRAW_GRIDS, "990101001001") and may(cast.planner, Verb.DRAW_GRIDS, "990101")
        assert not may(cast.planner, Verb.ADOPT_PLAN, "990101") and not may(cast.planner, Verb.ADOPT_PLAN, "99")


def test_of_everybody_else_rights_are_read_every_time(cast: Cast) -> None:
    with asked_once(cast.administrator):
        assert may(cast.planner, Verb.DRAW_GRIDS, "990101")
        Post.objects.filter(person=cast.planner).update(ends_on=date(2025, 12, 31))
        assert not may(cast.planner, Verb.DRAW_GRIDS, "990101")
        assert areas_of(cast.administrator, Verb.DRAW_GRIDS, on=date(2000, 1, 1)) == [], (
            "another day is another question"
        )


def test_what_was_found_out_ends_with_the_request(cast: Cast) -> None:
    with asked_once(cast.planner):
        areas_of(cast.planner, Verb.DRAW_GRIDS).append("99")
        assert areas_of(cast.planner, Verb.DRAW_GRIDS) == ["990101"], "an answer is the caller's own"
    Post.objects.filter(person=cast.planner).update(ends_on=date(2025, 12, 31))
    assert areas_of(cast.planner, Verb.DRAW_GRIDS) == []
