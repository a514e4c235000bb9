"""Staff lists: what every row would do, that nothing is written before, and that all of it is written at once."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth import authenticate
from django.test import RequestFactory

from gridmap.accounts.models import Organisation, Post, User
from gridmap.accounts.roles import Role
from gridmap.accounts.staff.models import StaffList
from gridmap.accounts.staff.posts import change_end, end_post
from gridmap.accounts.staff.roster import Action, Outcome, Row, apply_roster, mark_of, rehearse
from gridmap.accounts.staff.stafflists import apply_list, forget_lists_before, keep_list, outcomes_of, rehearse_again
from tests.gridmap.accounts.staff.conftest import FIRST, NORTH, SOUTH, Office, in_days, today
from tests.gridmap.accounts.staff.refusing import refused

pytestmark = pytest.mark.django_db

SUN = {"name": "孙新人", "username": "sun", "role": "网格员", "area": FIRST}


def rows(*several: dict[str, str]) -> list[Row]:
    return [Row(number, words) for number, words in enumerate(several, start=2)]


def tried(office: Office, now: datetime, *several: dict[str, str]) -> list[Outcome]:
    return rehearse(rows(*several), by=office.keeper, now=now)


def reasons(office: Office, now: datetime, **more: str) -> list[tuple[str, str]]:
    """Field and code of every reason why the row of 孙新人, changed so, is refused."""
    (outcome,) = tried(office, now, SUN | more)
    assert outcome.action is Action.REFUSED
    return [(field, code) for field, code, _params in outcome.reasons]


# --- what a row does --------------------------------------------------------------------------------------------------
def test_a_new_person(office: Office, now: datetime) -> None:
    row = SUN | {
        "organisation": "一社区居委会", "network": "综治", "duty": "协助", "starts_on": f"{in_days(3)}",
        "ends_on": f"{in_days(30):%Y/%m/%d}", "seconded_from": "样例县城管局",
    }  # fmt: skip
    (outcome,), slips = apply_roster(rows(row), expected=mark_of(tried(office, now, row)), by=office.keeper, now=now)
    assert (outcome.action, outcome.name, outcome.reasons) == (Action.NEW_PERSON, "孙新人", [])
    post = Post.objects.get(person__username="sun")
    assert (post.role, post.area, post.network, post.duty) == ("grid_worker", FIRST, "governance", "assisting")
    assert (post.organisation, post.seconded_from) == (office.community, office.county)
    assert (post.starts_on, post.ends_on) == (in_days(3), in_days(30))
    (slip,) = slips
    assert (slip.name, slip.username) == ("孙新人", "sun")
    person = authenticate(RequestFactory().post("/"), username="sun", password=slip.code)
    assert isinstance(person, User) and person.must_choose_password


def test_a_rehearsal_writes_nothing(office: Office, now: datetime) -> None:
    before = (User.objects.count(), Post.objects.count(), list(Post.objects.values_list("ended_at", flat=True)))
    several = (
        SUN,
        {"username": "wang", "role": "网格员", "area": FIRST, "ends_on": "2020-01-01"},
        {"username": "chen", "role": "楼栋长", "area": FIRST},
    )
    assert [one.action for one in tried(office, now, *several)] == [Action.NEW_PERSON, Action.ENDED, Action.NEW_POST]
    assert before == (User.objects.count(), Post.objects.count(), list(Post.objects.values_list("ended_at", flat=True)))


def test_a_new_post_of_somebody_known(office: Office, now: datetime) -> None:
    (outcome,) = tried(office, now, {"username": "WANG", "name": "王网格", "role": "网格长", "area": "北街道"})
    assert (outcome.action, outcome.name) == (Action.NEW_POST, "王网格")


def test_two_new_posts_of_one_new_person_in_one_list(office: Office, now: datetime) -> None:
    several = (SUN, SUN | {"role": "楼栋长"})
    assert [one.action for one in tried(office, now, *several)] == [Action.NEW_PERSON, Action.NEW_POST]
    expected = mark_of(tried(office, now, *several))
    _outcomes, slips = apply_roster(rows(*several), expected=expected, by=office.keeper, now=now)
    assert len(slips) == 1 and Post.objects.filter(person__username="sun").count() == 2


def test_the_same_list_a_second_time_changes_nothing(office: Office, now: datetime) -> None:
    row = SUN | {"starts_on": "2020-01-01", "organisation": "一社区居委会", "ends_on": ""}
    expected = mark_of(tried(office, now, row))
    apply_roster(rows(row), expected=expected, by=office.keeper, now=now)
    (again,) = tried(office, now, row)
    assert (again.action, again.reasons, again.changes) == (Action.UNCHANGED, [], [])


def test_what_is_changed_is_told(office: Office, now: datetime) -> None:
    row = {"username": "wang", "role": "网格员", "area": FIRST, "duty": "协助", "organisation": "一社区居委会",
           "ends_on": str(in_days(9))}  # fmt: skip
    (outcome,) = tried(office, now, row)
    assert outcome.action is Action.CHANGED
    assert outcome.changes == [
        ("duty", "main", "assisting"), ("organisation", "", "一社区居委会"), ("ends_on", "", str(in_days(9))),
    ]  # fmt: skip
    apply_roster(rows(row), expected=mark_of([outcome]), by=office.keeper, now=now)
    assert (office.post.duty, office.post.ends_on) == ("assisting", in_days(9))
    (again,) = tried(office, now, {"username": "wang", "role": "网格员", "area": FIRST})
    assert again.action is Action.UNCHANGED  # no column of last days: nothing is said about them
    (open_end,) = tried(office, now, {"username": "wang", "role": "网格员", "area": FIRST, "ends_on": "长期"})
    assert open_end.changes == [("ends_on", str(in_days(9)), "")]


def test_a_last_day_that_has_passed_ends_the_post(office: Office, now: datetime) -> None:
    row = {"username": "wang", "role": "网格员", "area": FIRST, "ends_on": str(in_days(-1))}
    (outcome,) = tried(office, now, row)
    apply_roster(rows(row), expected=mark_of([outcome]), by=office.keeper, now=now)
    assert outcome.action is Action.ENDED and office.post.ended_at == now
    (again,) = tried(office, now + timedelta(seconds=1), row)
    assert (again.action, again.reasons) == (Action.UNCHANGED, [("ends_on", "over_already", {})])


def test_a_right_begins_today_though_the_post_began_before(office: Office, now: datetime) -> None:
    (outcome,) = tried(office, now, SUN | {"starts_on": "2019年9月1日"})
    assert (outcome.action, outcome.reasons) == (Action.NEW_PERSON, [("starts_on", "begins_today", {})])
    apply_roster(rows(SUN | {"starts_on": "2019-09-01"}), expected=mark_of([outcome]), by=office.keeper, now=now)
    assert Post.objects.get(person__username="sun").starts_on == today()


# --- what is refused --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("more", "field", "code"), [
    ({"username": ""}, "username", "value_missing"),
    ({"username": "sun li"}, "username", "username_letters"),
    ({"username": "x" * 151}, "username", "too_long"),
    ({"username": "a\x00b"}, "username", "too_long"),
    ({"name": ""}, "name", "value_missing"),
    ({"name": "长" * 61}, "name", "too_long"),
    ({"role": ""}, "role", "value_missing"),
    ({"role": "书记"}, "role", "role_unknown"),
    ({"role": "大屏"}, "role", "role_not_for_people"),
    ({"area": ""}, "area", "value_missing"),
    ({"area": "火星街道"}, "area", "area_unknown"),
    ({"area": SOUTH}, "area", "area_outside"),
    ({"area": "南街道"}, "area", "area_unknown"),
    ({"area": "990101001009"}, "area", "area_unknown"),
    ({"area": "全部"}, "area", "area_outside"),
    ({"network": "消防"}, "network", "network_unknown"),
    ({"duty": "领导"}, "duty", "duty_unknown"),
    ({"organisation": "没有此单位"}, "organisation", "organisation_unknown"),
    ({"organisation": "南街道办"}, "organisation", "organisation_unknown"),
    ({"seconded_from": "没有此单位"}, "seconded_from", "organisation_unknown"),
    ({"starts_on": "明年"}, "starts_on", "date_unknown"),
    ({"ends_on": "2026-02-30"}, "ends_on", "date_unknown"),
    ({"ends_on": "2020-01-01"}, "ends_on", "ends_in_the_past"),
    ({"username": "zhao"}, "username", "username_taken"),
    ({"username": "wang"}, "name", "name_differs"),
    ({"username": "keeper", "name": "冯管家"}, "username", "own_account"),
])  # fmt: skip
def test_a_refused_row_names_field_and_reason(
    office: Office, now: datetime, more: dict[str, str], field: str, code: str
) -> None:
    assert reasons(office, now, **more) == [(field, code)]


def test_all_reasons_of_a_row_are_told(office: Office, now: datetime) -> None:
    found = reasons(office, now, role="书记", area="火星", ends_on="?", username="")
    assert sorted(field for field, _code in found) == ["area", "ends_on", "role", "username"]


def test_an_ambiguous_organisation_is_named_with_the_one_above(office: Office, now: datetime) -> None:
    Organisation.objects.create(name="一社区居委会", kind="other", area=NORTH, parent=office.county)
    assert reasons(office, now, organisation="一社区居委会") == [("organisation", "organisation_ambiguous")]
    (outcome,) = tried(office, now, SUN | {"organisation": "北街道办/一社区居委会"})
    assert outcome.action is Action.NEW_PERSON


def test_the_same_row_twice_is_refused_with_the_first_ones_number(office: Office, now: datetime) -> None:
    first, second = tried(office, now, SUN, SUN | {"username": "SUN"})
    assert first.action is Action.NEW_PERSON
    assert second.reasons == [("username", "row_twice", {"row": 2})]


def test_three_duties_apart_in_lists_too(office: Office, now: datetime) -> None:
    _first, second = tried(office, now, SUN, SUN | {"role": "管理员"})
    assert [code for _field, code, _params in second.reasons] == ["duties_apart"]


def test_refused_rows_are_left_out_and_the_others_written(office: Office, now: datetime) -> None:
    several = (SUN, SUN | {"username": "bad one"}, SUN | {"username": "li", "area": SOUTH})
    expected = mark_of(tried(office, now, *several))
    outcomes, slips = apply_roster(rows(*several), expected=expected, by=office.keeper, now=now)
    assert [one.action for one in outcomes] == [Action.NEW_PERSON, Action.REFUSED, Action.REFUSED]
    assert [slip.username for slip in slips] == ["sun"]
    assert not User.objects.filter(username__in=["bad one", "li"]).exists()


def test_who_administers_nothing_brings_nothing(office: Office, now: datetime) -> None:
    for outcome in rehearse(rows(SUN), by=office.worker, now=now):
        assert outcome.action is Action.REFUSED


# --- between the look and the doing -----------------------------------------------------------------------------------
def kept(office: Office, now: datetime, *several: dict[str, str]) -> StaffList:
    columns = {"username": "账号"}
    return keep_list(file_name="名单.xlsx", columns=columns, rows=rows(*several), by=office.keeper, now=now)


def test_a_list_waits_and_is_applied(office: Office, now: datetime) -> None:
    found = kept(office, now, SUN)
    assert [one.action for one in outcomes_of(found)] == [Action.NEW_PERSON]
    assert not User.objects.filter(username="sun").exists()
    (slip,) = apply_list(kept=found, seen=found.mark, by=office.keeper, now=now)
    found.refresh_from_db()
    assert (found.rows, found.applied_at) == ([], now)
    assert slip.code not in str(found.outcomes)


def test_a_list_is_applied_once(office: Office, now: datetime) -> None:
    found = kept(office, now, SUN)
    apply_list(kept=found, seen=found.mark, by=office.keeper, now=now)
    with refused("stale"):
        apply_list(kept=found, seen=found.mark, by=office.keeper, now=now)
    assert User.objects.filter(username="sun").count() == 1


def test_nothing_is_written_where_the_ground_has_moved(office: Office, now: datetime) -> None:
    row = {"username": "wang", "role": "网格员", "area": FIRST, "ends_on": str(in_days(9))}
    found = kept(office, now, SUN, row)
    change_end(post=office.post, ends_on=in_days(9), seen=None, by=office.chief, now=now)
    with refused("stale"):
        apply_list(kept=found, seen=found.mark, by=office.keeper, now=now)
    assert not User.objects.filter(username="sun").exists()
    rehearse_again(found, by=office.keeper, now=now)
    assert [one.action for one in outcomes_of(found)] == [Action.NEW_PERSON, Action.UNCHANGED]
    apply_list(kept=found, seen=found.mark, by=office.keeper, now=now)
    assert User.objects.filter(username="sun").exists()


def test_what_was_seen_must_be_what_is_there(office: Office, now: datetime) -> None:
    found = kept(office, now, SUN)
    with refused("stale"):
        apply_list(kept=found, seen="something else", by=office.keeper, now=now)


def test_a_post_that_ends_meanwhile_is_noticed(office: Office, now: datetime) -> None:
    row = {"username": "wang", "role": "网格员", "area": FIRST, "duty": "协助"}
    found = kept(office, now, row)
    end_post(post=office.post, seen=None, by=office.chief, now=now)
    with refused("stale"):
        apply_list(kept=found, seen=found.mark, by=office.keeper, now=now + timedelta(seconds=1))


def test_old_lists_are_forgotten(office: Office, now: datetime) -> None:
    kept(office, now, SUN)
    assert forget_lists_before(now - timedelta(days=1)) == 0
    assert forget_lists_before(now + timedelta(days=1)) == 1
    assert str(StaffList(file_name="a.csv")) == "a.csv"


def test_a_role_is_told_by_its_own_word(office: Office, now: datetime) -> None:
    (outcome,) = tried(office, now, SUN | {"role": "grid_worker"})
    assert (outcome.role, Role.GRID_WORKER) == ("grid_worker", "grid_worker")
