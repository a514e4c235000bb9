"""Organisations as a tree that can't close a circle, and the people each has."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from gridmap.accounts.models import Organisation, Post
from gridmap.accounts.roles import Role
from gridmap.accounts.staff.organisations import Branch, change_organisation, open_organisation, tree_of, version_of
from tests.cast import give_post, person
from tests.gridmap.accounts.staff.conftest import FIRST, NORTH, SOUTH, Office, in_days, today
from tests.gridmap.accounts.staff.refusing import forbidden, refused

pytestmark = pytest.mark.django_db


def changed(office: Office, organisation: Organisation, **more: object) -> Organisation:
    given = {
        "name": organisation.name, "kind": organisation.kind, "area": organisation.area, "parent": organisation.parent,
        "seen": version_of(organisation), "by": office.keeper,
    }  # fmt: skip
    return change_organisation(organisation=organisation, **(given | more))  # type: ignore[arg-type]


def test_a_new_one_below_another(office: Office) -> None:
    made = open_organisation(name="综治办", kind="centre", area=NORTH, parent=office.street, by=office.keeper)
    assert (made.parent, made.kind, made.area) == (office.street, "centre", NORTH)
    below_county = open_organisation(
        name="城管所", kind="department", area=NORTH, parent=office.county, by=office.keeper
    )
    assert below_county.parent == office.county


@pytest.mark.parametrize("area", ["", "990101", SOUTH, "12345"])
def test_none_outside_ones_area(office: Office, area: str) -> None:
    with refused("area_outside", "area"):
        open_organisation(name="综治办", kind="centre", area=area, parent=None, by=office.keeper)
    with refused("area_outside", "area"):
        changed(office, office.street, area=area)


def test_no_parent_that_one_does_not_know(office: Office) -> None:
    with refused("organisation_outside", "parent"):
        open_organisation(name="综治办", kind="centre", area=NORTH, parent=office.other_street, by=office.keeper)
    with refused("organisation_outside", "parent"):
        changed(office, office.street, parent=office.other_street)


def test_two_of_one_name_stand_below_different_ones(office: Office) -> None:
    with refused("name_taken", "name"):
        open_organisation(name="一社区居委会", kind="other", area=NORTH, parent=office.street, by=office.keeper)
    open_organisation(name="一社区居委会", kind="other", area=NORTH, parent=office.community, by=office.keeper)


def test_renamed_and_moved(office: Office) -> None:
    station = open_organisation(name="派出所", kind="police", area=NORTH, parent=office.street, by=office.keeper)
    moved = changed(office, station, name="北街派出所", parent=office.community, area=FIRST)
    assert (moved.name, moved.parent, moved.area) == ("北街派出所", office.community, FIRST)
    assert changed(office, moved, parent=None).parent is None


def test_one_above_is_known_but_not_changed(office: Office) -> None:
    with forbidden("organisation_outside"):
        changed(office, office.county, name="我的局")
    with forbidden("organisation_outside"):
        changed(office, office.other_street, name="我的街道")
    with forbidden("organisation_outside"):
        changed(office, office.street, by=office.worker)


def test_a_stale_form_is_refused(office: Office) -> None:
    seen = version_of(office.street)
    changed(office, office.street, name="北街道办事处")
    with refused("stale"):
        change_organisation(
            organisation=office.street, name="x", kind="street", area=NORTH, parent=None, seen=seen, by=office.chief
        )


def test_no_circle(office: Office) -> None:
    with refused("parent_below", "parent"):
        changed(office, office.street, parent=office.community)
    with refused("parent_below", "parent"):
        changed(office, office.street, parent=office.street)
    with pytest.raises(IntegrityError, match="below itself"), transaction.atomic():
        Organisation.objects.filter(pk=office.county.pk).update(parent=office.community)
    with pytest.raises(IntegrityError, match="below itself"), transaction.atomic():
        Organisation.objects.filter(pk=office.county.pk).update(parent=office.county)


def by_name(branches: list[Branch]) -> dict[str, Branch]:
    return {one.organisation.name: one for one in branches}


def test_the_tree_in_its_order(office: Office) -> None:
    open_organisation(name="派出所", kind="police", area=NORTH, parent=office.street, by=office.keeper)
    rows = [(one.organisation.name, one.depth, one.mine) for one in tree_of(office.keeper, today=today())]
    street = rows.index(("北街道办", 1, True))
    assert ("样例县城管局", 0, False) in rows
    assert set(rows[street + 1 : street + 3]) == {("一社区居委会", 2, True), ("派出所", 2, True)}
    assert "南街道办" not in [name for name, _depth, _mine in rows]
    everything = [one.organisation.name for one in tree_of(office.chief, today=today())]
    assert len(everything) == Organisation.objects.count() and "南街道办" in everything


def test_a_branch_below_an_unknown_one_hangs_at_the_top(office: Office) -> None:
    Organisation.objects.filter(pk=office.street.pk).update(parent=office.other_street)
    rows = {one.organisation.name: one.depth for one in tree_of(office.keeper, today=today())}
    assert rows["北街道办"] == 0 and rows["一社区居委会"] == 1


def test_people_are_counted_by_how_they_serve(office: Office) -> None:
    def hold(name: str, **more: object) -> Post:
        who = person(name, name)
        return Post.objects.create(
            person=who, role=Role.GRID_WORKER, area=FIRST, organisation=office.community, starts_on=today(), **more
        )

    first = hold("one")
    hold("two", duty="assisting")
    hold("lent", seconded_from=office.county)
    hold("gone", ends_on=today()).__class__.objects.filter(person__username="gone").update(
        starts_on=in_days(1), ends_on=None
    )
    off = hold("off").person
    off.is_active = False
    off.save()
    again = give_post(first.person, Role.BUILDING_LEADER, FIRST)
    Post.objects.filter(pk=again.pk).update(organisation=office.community, duty="assisting")
    Post.objects.create(
        person=office.colleague, role=Role.GRID_WORKER, area=FIRST, organisation=office.community, deputy_for=first,
        starts_on=today(), ends_on=in_days(3),
    )  # fmt: skip
    found = by_name(tree_of(office.keeper, today=today()))["一社区居委会"]
    assert (found.posts, found.main, found.assisting, found.seconded, found.staff) == (5, 1, 1, 1, 2)
    empty = by_name(tree_of(office.keeper, today=today()))["北街道办"]
    assert (empty.posts, empty.staff) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_two_moves_that_would_close_a_circle_together() -> None:
    one = Organisation.objects.create(name="甲", kind="other")
    two = Organisation.objects.create(name="乙", kind="other")
    outcomes: list[str] = []
    both_moved = threading.Barrier(2, timeout=10)

    def move(which: Organisation, below: Organisation) -> None:
        try:
            both_moved.wait()
            with transaction.atomic():
                Organisation.objects.filter(pk=which.pk).update(parent=below)
            outcomes.append("moved")
        except IntegrityError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "refused"]
