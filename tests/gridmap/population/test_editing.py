"""Changing what is known: with sources, never silently over an authority, never over somebody else's change."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from gridmap.population.editing import Outcome, authorities_for, decide, declare_authority, edit_resident, offer
from gridmap.population.models import Conflict, Resident
from gridmap.population.refusals import PeopleRefusedError, Refusal
from gridmap.population.seen import seen_of
from gridmap.traces.door import door
from gridmap.traces.models import Entry
from gridmap.vault.blind import blind_of
from tests.cast import Cast
from tests.gridmap.population.people import People, everywhere, id_number

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def fresh(resident: Resident) -> Resident:
    return Resident.objects.get(pk=resident.pk)


def say(resident: Resident, source: str = "社区", **values: Any) -> Outcome:
    with everywhere():
        return offer(resident=fresh(resident), values=values, source=source, on=TODAY)


def test_a_new_value_comes_with_its_source_and_day(people: People) -> None:
    outcome = say(people.mine.first, phone="13911112222", gender="male", kind="floating")
    assert sorted(outcome.changed) == ["gender", "kind", "phone"] and outcome.conflicts == []
    with everywhere():
        resident = fresh(people.mine.first)
        assert resident.phone.reveal() == "13911112222"
        assert resident.field_sources["phone"] == {"source": "社区", "on": TODAY.isoformat()}
        assert resident.field_sources.keys() == {"phone", "gender", "kind"}
        assert (resident.version, resident.source) == (2, "公安")


def test_the_mark_goes_with_the_value(people: People) -> None:
    say(people.mine.first, name="张桂芳")
    with everywhere():
        found = Resident.objects.marked("name", blind_of("population_resident.name", "张桂芳"))
        assert [one.pk for one in found] == [people.mine.first.pk]
        assert not Resident.objects.marked("name", blind_of("population_resident.name", "张桂英")).exists()


@pytest.mark.parametrize(
    "same", [{"name": "张 桂英"}, {"phone": ""}, {"gender": "female"}, {"birth_year": "1940"}, {"health": "高血压"}, {}]
)
def test_the_same_and_nothing_change_nothing(people: People, same: dict[str, Any]) -> None:
    before = Entry.objects.filter(kind="update").count()
    outcome = say(people.mine.first, **same)
    assert outcome.changed == [] and outcome.conflicts == []
    assert Entry.objects.filter(kind="update").count() == before


def test_against_the_declared_authority_it_becomes_a_conflict(people: People) -> None:
    declare_authority(name="resident.phone", area="", source="公安", by=None)
    for _again in range(2):
        outcome = say(people.mine.first, phone="13911112222", gender="male")
        assert outcome.conflicts == ["phone"]
    with everywhere():
        assert fresh(people.mine.first).phone.reveal() != "13911112222"
        [conflict] = Conflict.objects.all()
        assert (conflict.offered.reveal(), conflict.offered_source, conflict.held_source) == (
            "13911112222",
            "社区",
            "公安",
        )
        assert conflict.area == fresh(people.mine.first).area


def test_the_authority_itself_writes_and_an_empty_field_is_filled_by_anybody(people: People) -> None:
    declare_authority(name="resident.phone", area="", source="公安", by=None)
    assert say(people.mine.first, source="公安", phone="13911112222").changed == ["phone"]
    with everywhere():
        Resident.objects.filter(pk=people.next_door.first.pk).update(phone=b"", phone_blind="")
    assert say(people.next_door.first, phone="13911113333").changed == ["phone"]


def test_the_smallest_area_decides_who_is_believed() -> None:
    for area, source in (("", "全市"), ("990101001", "街道"), ("990101001001", "社区")):
        declare_authority(name="resident.phone", area=area, source=source, by=None)
    assert authorities_for("990101001001001")["resident.phone"] == "社区"
    assert authorities_for("990101001002001")["resident.phone"] == "街道"
    assert authorities_for("990102")["resident.phone"] == "全市"
    assert declare_authority(name="resident.phone", area="", source="省厅", by=None).source == "省厅"


def test_only_who_imports_people_declares_an_authority(cast: Cast) -> None:
    assert declare_authority(name="resident.name", area="990101001001", source="公安", by=cast.officer).declared_by
    for who, area in ((cast.worker, "990101001001001"), (cast.officer, "990101001"), (cast.administrator, "")):
        with pytest.raises(PermissionDenied):
            declare_authority(name="resident.name", area=area, source="x", by=who)


@pytest.mark.parametrize(("take", "phone", "state"), [(True, "13911112222", "taken"), (False, "", "kept")])
def test_a_conflict_is_kept_or_taken_once(people: People, cast: Cast, take: bool, phone: str, state: str) -> None:
    declare_authority(name="resident.phone", area="", source="公安", by=None)
    say(people.mine.first, phone="13911112222")
    with door(by=cast.worker, areas=["990101001001001"], kind="read"):
        conflict = Conflict.objects.get()
        seen = seen_of(conflict, fresh(people.mine.first))
        decide(conflict=conflict, take=take, seen=seen, by=cast.worker)
        with pytest.raises(PeopleRefusedError) as again:
            decide(conflict=conflict, take=take, seen=seen, by=cast.worker)
        assert again.value.refusal is Refusal.DECIDED
        conflict.refresh_from_db()
        resident = fresh(people.mine.first)
        assert (conflict.state, conflict.decided_by) == (state, cast.worker)
        assert (resident.phone.reveal() == phone) is take
        assert (resident.field_sources.get("phone", {}).get("source") == "社区") is take


def test_a_plain_field_is_taken_as_what_it_is(people: People, cast: Cast) -> None:
    declare_authority(name="resident.birth_year", area="", source="公安", by=None)
    say(people.mine.first, birth_year=1941)
    with everywhere():
        conflict = Conflict.objects.get()
        seen = seen_of(conflict, fresh(people.mine.first))
        decide(conflict=conflict, take=True, seen=seen, by=cast.worker)
        assert fresh(people.mine.first).birth_year == 1941


@pytest.mark.parametrize("take", [True, False])
@pytest.mark.parametrize("newer", ["held", "offered"])
def test_a_decision_about_what_is_no_longer_held_or_offered_is_refused(
    people: People, cast: Cast, take: bool, newer: str
) -> None:
    declare_authority(name="resident.phone", area="", source="公安", by=None)
    say(people.mine.first, phone="13911112222")
    with everywhere():
        conflict = Conflict.objects.get()
        seen = seen_of(conflict, fresh(people.mine.first))
    say(people.mine.first, source="公安" if newer == "held" else "社区", phone="13722223333")
    with everywhere():
        with pytest.raises(PeopleRefusedError) as refused:
            decide(conflict=conflict, take=take, seen=seen, by=cast.worker)
        assert refused.value.refusal is Refusal.STALE
        assert (fresh(people.mine.first).phone.reveal() == "13722223333") is (newer == "held")
        conflict = Conflict.objects.get()
        assert conflict.state == "open"
        decide(conflict=conflict, take=take, seen=seen_of(conflict, fresh(people.mine.first)), by=cast.worker)


def test_another_field_that_changes_meanwhile_is_no_hindrance(people: People, cast: Cast) -> None:
    declare_authority(name="resident.phone", area="", source="公安", by=None)
    say(people.mine.first, phone="13911112222")
    with everywhere():
        conflict = Conflict.objects.get()
        seen = seen_of(conflict, fresh(people.mine.first))
    say(people.mine.first, gender="male")
    with everywhere():
        decide(conflict=conflict, take=True, seen=seen, by=cast.worker)
        assert fresh(people.mine.first).phone.reveal() == "13911112222"


def test_somebody_elses_id_number_is_refused(people: People) -> None:
    with everywhere():
        taken = people.foreign.first.id_number.reveal()
    with pytest.raises(PeopleRefusedError) as refused:
        say(people.mine.first, id_number=taken)
    assert refused.value.refusal is Refusal.ID_TAKEN
    assert taken not in str(refused.value)


def test_a_change_on_an_old_version_is_refused(people: People, cast: Cast) -> None:
    with everywhere():
        resident = fresh(people.mine.first)
        arguments: dict[str, Any] = {"resident": resident, "source": "社区", "by": cast.worker, "on": TODAY}
        edit_resident(values={"gender": "male"}, version=resident.version, **arguments)
        with pytest.raises(PeopleRefusedError) as refused:
            edit_resident(values={"gender": "female"}, version=resident.version, **arguments)
        assert refused.value.refusal is Refusal.STALE
        assert fresh(resident).gender == "male"


@pytest.mark.parametrize("part", ["planner", "administrator", "stranger"])
def test_who_may_not_edit_changes_nothing(people: People, cast: Cast, part: str) -> None:
    with everywhere(), pytest.raises(PermissionDenied):
        edit_resident(
            resident=people.mine.first,
            values={"gender": "male"},
            source="x",
            version=1,
            by=cast.everyone()[part],
            on=TODAY,
        )


def test_a_value_can_be_taken_away_unless_another_source_is_believed(people: People, cast: Cast) -> None:
    with everywhere():
        resident = fresh(people.mine.first)
        arguments: dict[str, Any] = {
            "resident": resident,
            "values": {},
            "source": "社区",
            "by": cast.worker,
            "on": TODAY,
        }
        outcome = edit_resident(version=1, remove=["phone", "name"], **arguments)
        assert outcome.changed == ["phone"]
        resident = fresh(people.mine.first)
        assert not resident.phone and resident.phone_blind == "" and resident.name
        declare_authority(name="resident.health", area="", source="卫健", by=None)
        with pytest.raises(PeopleRefusedError):
            edit_resident(version=2, remove=["health"], **arguments)


def test_the_trail_holds_no_value(people: People) -> None:
    say(people.mine.first, phone="13911112222", health="糖尿病", id_number=id_number(555))
    texts = " ".join(
        str(row) for row in Entry.objects.filter(kind="update", table_name="population_resident").values_list("detail")
    )
    assert "13911112222" not in texts and "糖尿病" not in texts
