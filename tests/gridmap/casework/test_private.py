"""Cases of private classes: for who sees people's data there; not counted from afar, not in tiles, not in news."""

import pytest
from django.db import connection

from gridmap.accounts.permissions import Bounds, asked_once
from gridmap.accounts.roles import Role, Verb
from gridmap.casework import bins
from gridmap.casework.defaults import CLASSES, PRIVATE, code_of
from gridmap.casework.models import Bin, BinChange, Case, Category
from gridmap.outbox.models import News
from gridmap.territory.models import Grid
from layers import tiles
from layers.cuts.cut import Address
from tests.cast import COMMUNITIES, Cast, centre_of, give_post, person
from tests.gridmap.casework.making import category, close, make_case
from tests.layers.places import address_of, decode

pytestmark = pytest.mark.django_db
VIOLENCE, RUBBISH = "S-03-03", "C-E01-02"


@pytest.fixture
def hidden(grids: list[Grid]) -> Case:
    """A report of violence at home in the first community, beside an open case of rubbish."""
    make_case(RUBBISH)
    return make_case(VIOLENCE, address="长宁路5号")


def counted() -> int:
    """All cases that the bins of the whole world hold, folded or not."""
    bins.fold_all()
    return sum(one.social_open + one.social_closed + one.city_open for one in Bin.objects.filter(z=0))


def test_the_shipped_private_classes_exist_and_are_marked() -> None:
    category()
    every = {
        code_of(code, number)
        for code, (_network, _name, names) in CLASSES.items()
        for number in range(1, len(names) + 1)
    }
    assert every >= PRIVATE
    assert set(Category.objects.filter(private=True).values_list("code", flat=True)) == PRIVATE


def test_only_who_sees_peoples_data_there_sees_it(hidden: Case, cast: Cast) -> None:
    assert hidden.private
    other = person("other", "甲")
    give_post(other, Role.COMMUNITY_OFFICER, COMMUNITIES[1])
    give_post(other, Role.BUILDING_LEADER, COMMUNITIES[0])
    assert Case.objects.visible_to(cast.officer).filter(pk=hidden.pk).exists()
    for user in (cast.planner, cast.approver, cast.administrator, other):
        assert not Case.objects.visible_to(user).filter(private=True).exists()
        assert Case.objects.visible_to(user).count() == 1
    assert not Case.objects.visible_to(cast.stranger).exists()
    with asked_once(cast.officer, Bounds(frozenset({Verb.VIEW}))):
        assert not Case.objects.visible_to(cast.officer).filter(private=True).exists()


def test_the_database_alone_says_what_is_private(hidden: Case) -> None:
    Case.objects.filter(pk=hidden.pk).update(private=False)
    Case.objects.filter(category__code=RUBBISH).update(private=True)
    assert list(Case.objects.filter(private=True)) == [hidden]


def test_it_is_in_no_tile_and_no_count_from_afar(hidden: Case) -> None:
    assert counted() == 1
    close(hidden)
    assert counted() == 1
    for zoom, part in ((16, "case"), (12, "case_square")):
        for areas in ([""], [COMMUNITIES[0]], [hidden.area]):
            found = decode(tiles.draw("cases", Address(*address_of(centre_of(COMMUNITIES[0]), zoom)), areas))[part]
            assert len(found["features"]) == 1
            assert found["features"][0]["properties"].get("n", 1) == 1
    hidden.delete()
    assert counted() == 1 and not BinChange.objects.exists()


def test_counting_anew_leaves_it_out(hidden: Case) -> None:
    bins.count_anew()
    assert counted() == 1


def test_a_class_that_becomes_private_takes_its_cases_along(grids: list[Grid], cast: Cast) -> None:
    case = make_case(RUBBISH)
    assert counted() == 1
    News.objects.all().delete()
    Category.objects.filter(code=RUBBISH).update(private=True)
    assert counted() == 0
    assert not Case.objects.visible_to(cast.planner).exists()
    assert [(one.reference, one.data) for one in News.objects.filter(kind="case")] == [
        (str(case.pk), {"change": "gone"})
    ]
    Category.objects.filter(code=RUBBISH).update(private=False)
    assert counted() == 1 and Case.objects.visible_to(cast.planner).exists()


def test_no_news_tell_of_it(grids: list[Grid]) -> None:
    category()
    News.objects.all().delete()
    case = make_case(VIOLENCE)
    close(case)
    case.delete()
    assert not News.objects.filter(kind__in=["case", "cases"]).exists()


def test_a_case_that_is_given_a_private_class_is_gone_from_the_map(grids: list[Grid]) -> None:
    case = make_case("S-03-04")
    News.objects.all().delete()
    Case.objects.filter(pk=case.pk).update(category=category(VIOLENCE))
    case.refresh_from_db()
    assert case.private and counted() == 0
    assert [one.data for one in News.objects.filter(kind="case")] == [{"change": "gone"}]


def test_the_number_in_the_source_is_looked_up_by_an_index(hidden: Case) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT 1 FROM casework_case WHERE source_ref = 'R-1' AND source_ref <> ''")
        assert "case_by_number_of_source" in str(cursor.fetchall())
