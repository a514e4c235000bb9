"""What a list does to what is held: who is the same, which source is believed, and what is never lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gridmap.accounts.roles import Role
from gridmap.population.disagreement import side_by_side
from gridmap.population.editing import decide, declare_authority
from gridmap.population.models import CareTag, Conflict, Dwelling, Household, Resident
from gridmap.territory.models import Building, Compound
from importers.lists.models import ListRow
from importers.lists.rows import list_door
from importers.models import ImportRun
from importers.records import RefusedError, StalePlanError
from importers.work import apply_run
from tests.cast import COMMUNITIES, Board, Cast, give_post, square
from tests.cast import person as somebody
from tests.importers.lists.people import (
    AREA,
    ESTATE,
    brought,
    counted,
    dry,
    estates,
    inside,
    number_of,
    person,
    quiet,
    write_csv,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def buildings(board: Board) -> list[Building]:
    return estates(board)


class Desk:
    """Brings lists of several departments as the community officer."""

    def __init__(self, cast: Cast, folder: Path) -> None:
        self.officer, self._folder = cast.officer, folder

    def brings(self, *rows: dict[str, Any], kind: str = "residents", source: str = "police", **more: Any) -> ImportRun:
        return brought(write_csv(self._folder / "list.csv", rows), self.officer, kind, source=source, **more)

    def looks_at(self, *rows: dict[str, Any], kind: str = "residents", source: str = "police") -> ImportRun:
        return dry(write_csv(self._folder / "list.csv", rows), self.officer, kind, source=source)

    def found(self, run: ImportRun) -> dict[int, list[str]]:
        """Row → codes of what the comparison found."""
        with list_door(run, "test"):
            return {row.row: [one["code"] for one in row.found] for row in ListRow.objects.filter(run=run)}


@pytest.fixture
def desk(cast: Cast, tmp_path: Path, buildings: list[Building]) -> Desk:
    return Desk(cast, tmp_path)


def resident(desk: Desk, **chosen: Any) -> Resident:
    return Resident.objects.select_related("dwelling").get(**chosen)


def test_the_same_person_is_known_by_number_through_every_spelling_of_it(desk: Desk) -> None:
    desk.brings(person())
    short = number_of()[:6] + number_of()[8:17]
    for again in (person(公民身份号码=short), person(公民身份号码=f"'{number_of()}"), person("张 建 国")):
        assert counted(desk.looks_at(again)) == {"same": 1}
    run = desk.looks_at(person("张建军"))
    assert counted(run) == {"changed": 1}


def test_without_a_number_name_year_and_dwelling_tell_who_is_meant(desk: Desk) -> None:
    desk.brings(person(公民身份号码="", 出生日期="1948-03-07"))
    assert counted(desk.looks_at(person(公民身份号码="", 出生日期="1948"))) == {"same": 1}
    assert counted(desk.looks_at(person(公民身份号码="", 出生日期="1950"))) == {"created": 1, "missing": 1}
    assert counted(desk.looks_at(person(公民身份号码="", 出生日期="1948", 现住址=f"{ESTATE}3-1-101"))) == {
        "created": 1,
        "missing": 1,
    }
    desk.brings(person())  # the same one, now with a number
    with inside(desk.officer):
        assert resident(desk).id_number.reveal() == number_of()


def test_two_people_of_one_name_in_one_dwelling_stay_two(desk: Desk) -> None:
    desk.brings(person(), person(公民身份号码=number_of("19720101", 1), 与户主关系="子"))
    with inside(desk.officer):
        assert Resident.objects.count() == 2
        assert Household.objects.count() == 1


def test_a_source_changes_what_it_told_itself(desk: Desk) -> None:
    desk.brings(person())
    desk.brings(person(联系电话="12900000000"))
    with inside(desk.officer):
        one = resident(desk)
        assert one.phone.reveal() == "12900000000"
        assert one.field_sources["phone"]["source"] == "police"
        assert one.version == 2
        assert not Conflict.objects.exists()


def test_another_source_fills_what_is_empty_and_contradicts_what_is_not(desk: Desk) -> None:
    desk.brings(person(联系电话=""))
    run = desk.brings(person("张建军", 联系电话="12900000000"), source="housing")
    assert run.counts["contradicting"] == 1
    with inside(desk.officer):
        one, conflict = resident(desk), Conflict.objects.get()
        assert (one.name.reveal(), one.phone.reveal()) == ("张建国", "12900000000")
        assert one.field_sources["phone"]["source"] == "housing"
        assert (conflict.field, conflict.held.reveal(), conflict.offered.reveal()) == ("name", "张建国", "张建军")
        assert (conflict.held_source, conflict.offered_source, conflict.state) == ("police", "housing", "open")
    desk.brings(person("张建民"), source="housing")
    with inside(desk.officer):
        assert Conflict.objects.get().offered.reveal() == "张建民"


def test_the_declared_source_overwrites_and_no_other_does(desk: Desk, cast: Cast) -> None:
    desk.brings(person())
    declare_authority(name="resident.phone", area=AREA[:6], source="telecom", by=None)
    desk.brings(person(联系电话="12900000001"))
    with inside(desk.officer):
        assert resident(desk).phone.reveal() == "12912345678"
        assert Conflict.objects.get().field == "phone"
    desk.brings(person(联系电话="12900000002"), source="telecom")
    with inside(desk.officer):
        assert resident(desk).phone.reveal() == "12900000002"


def test_a_conflict_about_the_dwelling_is_shown_as_a_door_and_decided_by_moving(
    desk: Desk, buildings: list[Building]
) -> None:
    desk.brings(person())
    desk.brings(person(现住址=f"{ESTATE}1-1-101"), source="housing")
    with inside(desk.officer):
        conflict = Conflict.objects.select_related("resident__dwelling__building").get()
        [versus] = side_by_side([conflict], desk.officer)
        assert (versus.held[-5:], versus.offered[-5:]) == ("2-501", "1-101")
        decide(conflict=conflict, take=True, seen=versus.seen, by=desk.officer)
        one = resident(desk)
        assert (one.dwelling.building_id, str(one.dwelling)) == (buildings[0].pk, "1-101")
        assert one.field_sources["dwelling"]["source"] == "housing"
        assert Conflict.objects.get().state == "taken"


def test_somebody_who_lives_elsewhere_by_the_same_source_moves_by_another_one_conflicts(
    desk: Desk, buildings: list[Building]
) -> None:
    desk.brings(person())
    desk.brings(person(现住址=f"{ESTATE}1-1-101"), source="housing")
    with inside(desk.officer):
        assert str(resident(desk).dwelling) == "2-501"
        assert Conflict.objects.get().field == "dwelling"
        assert Conflict.objects.get().offered.reveal() == f"{buildings[0].pk}|1|101"
    desk.brings(person(现住址=f"{ESTATE}1-1-101"))
    with inside(desk.officer):
        one = resident(desk)
        assert str(one.dwelling) == "1-101"
        assert one.household is not None
        assert one.household.dwelling_id == one.dwelling_id


def test_an_address_without_a_room_moves_nobody_inside_the_building(desk: Desk) -> None:
    desk.brings(person())
    assert counted(desk.looks_at(person(现住址=f"{ESTATE}3号楼"))) == {"same": 1}


def test_one_person_twice_in_a_list_is_one_and_at_two_places_is_asked_about(desk: Desk) -> None:
    run = desk.looks_at(person(), person(), person(现住址=f"{ESTATE}1-1-101"))
    assert counted(run) == {"created": 1, "refused": 2}
    assert desk.found(run) == {2: [], 3: ["row_twice"], 4: ["person_in_two_places"]}


def test_a_person_of_another_area_is_not_taken_and_nothing_of_them_is_shown(
    desk: Desk, board: Board, cast: Cast, tmp_path: Path
) -> None:
    neighbour = somebody("neighbour", "孙邻居")
    give_post(neighbour, Role.COMMUNITY_OFFICER, COMMUNITIES[1])
    there = Building.objects.create(
        source="x", source_ref="x", number="1号楼", address="二社区长宁路1号", community=board.communities[1],
        compound=Compound.objects.create(
            source="x", source_ref="x", name="桂花苑", community=board.communities[1]),
        entrances=1, geom=square(0, 0, 0.001),
    )  # fmt: skip
    desk.brings(person())
    path = write_csv(tmp_path / "there.csv", [person(现住址="桂花苑1号楼101")])
    run = dry(path, neighbour, area=COMMUNITIES[1], source="police")
    assert counted(run) == {"street": 1}
    assert there.pk
    with list_door(run, "test"):
        assert [one["code"] for one in ListRow.objects.get(run=run).found] == ["street_decides"]


def test_households_follow_numbers_heads_and_dwellings(desk: Desk) -> None:
    family = [
        person("甲一", 公民身份号码=number_of(order=1), 户号="7"),
        person("甲二", 公民身份号码=number_of(order=2), 户号="7", 与户主关系="妻"),
        person("乙一", 公民身份号码=number_of(order=3), 户号="8"),
        person("丙一", 公民身份号码=number_of(order=4), 户号="", 现住址=f"{ESTATE}1-1-101"),
        person("丙二", 公民身份号码=number_of(order=5), 户号="", 与户主关系="子", 现住址=f"{ESTATE}1-1-101"),
        person("丁一", 公民身份号码=number_of(order=6), 户号="", 现住址=f"{ESTATE}1-1-101"),
        person("丁二", 公民身份号码=number_of(order=7), 户号="", 与户主关系="女", 现住址=f"{ESTATE}1-1-101"),
    ]
    desk.brings(*family)
    with inside(desk.officer):
        homes: dict[Any, str] = {}
        for one in Resident.objects.all():
            homes.setdefault(one.household_id, "")
            homes[one.household_id] += one.name.reveal()[0]
        assert sorted(homes.values()) == ["丁丁", "丙丙", "乙", "甲甲"]
    desk.brings(*family, person("甲三", 公民身份号码=number_of(order=8), 户号="7", 与户主关系="子"))
    with inside(desk.officer):
        assert Household.objects.count() == 4


def test_a_tenant_does_not_join_the_registered_household(desk: Desk) -> None:
    desk.brings(person())
    desk.brings(person("租客", 公民身份号码=number_of(order=9), 与户主关系=""), kind="floating", source="tenants")
    with inside(desk.officer):
        assert set(Resident.objects.values_list("kind", "household__registered")) == {
            ("registered", True),
            ("floating", False),
        }


def care(**more: Any) -> dict[str, Any]:
    return {**person(**{key: value for key, value in more.items() if key in person()}), "老人类别": "独居",
            **{key: value for key, value in more.items() if key not in person()}}  # fmt: skip


def test_care_tags_are_given_once_with_the_usual_risk_and_ended_when_asked(desk: Desk) -> None:
    desk.brings(person())
    run = desk.brings(care(老人类别="独居、失能", 认定日期="2025-06-01"), kind="care", source="civil")
    assert counted(run) == {"changed": 1}
    with inside(desk.officer):
        tags = {tag.kind: tag for tag in CareTag.objects.in_force()}
        assert set(tags) == {"alone", "incapacitated"}
        assert str(tags["alone"].since) == "2025-06-01"
        assert resident(desk).risk == "high"
    assert counted(desk.brings(care(老人类别="独居、失能"), kind="care", source="civil")) == {"same": 1}
    run = desk.looks_at(care(老人类别="失能"), kind="care", source="civil")
    assert counted(run) == {"same": 1, "missing": 1}
    apply_run(run, deactivate=True, report=quiet)
    with inside(desk.officer):
        assert {tag.kind for tag in CareTag.objects.in_force()} == {"incapacitated"}


def test_a_person_twice_in_a_care_list_gets_both_tags(desk: Desk) -> None:
    run = desk.brings(care(老人类别="独居"), care(老人类别="低保"), care(老人类别="低保"), kind="care", source="civil")
    assert counted(run) == {"created": 1, "changed": 1, "refused": 1}
    with inside(desk.officer):
        assert Resident.objects.count() == 1
        assert {tag.kind for tag in CareTag.objects.in_force()} == {"alone", "low_income"}


def test_who_came_by_a_care_list_may_be_called_a_tenant_later(desk: Desk) -> None:
    desk.brings(care(), kind="care", source="civil")
    desk.brings(person(), kind="floating", source="tenants")
    with inside(desk.officer):
        assert resident(desk).kind == "floating"
        assert not Conflict.objects.filter(field="kind").exists()


def dwelling(**more: Any) -> dict[str, Any]:
    return {"小区": ESTATE, "楼栋": "3", "单元": "2", "户室": "501", "房屋用途": "住宅", "是否出租": "是",
            "房主": "张建国", "房主电话": "12912345678", **more}  # fmt: skip


def test_dwellings_are_made_changed_and_contradicted(desk: Desk) -> None:
    assert counted(desk.brings(dwelling(), kind="dwellings", source="housing")) == {"created": 1}
    with inside(desk.officer):
        one = Dwelling.objects.get()
        assert (one.unit, one.room, one.floor, one.occupancy) == ("2", "501", 5, "let")
        assert one.owner_name.reveal() == "张建国"
    assert counted(desk.looks_at(dwelling(), kind="dwellings", source="housing")) == {"same": 1}
    assert counted(desk.brings(dwelling(房主="李四"), kind="dwellings", source="housing")) == {"changed": 1}
    run = desk.brings(dwelling(房主="王五"), kind="dwellings", source="tenancy")
    assert counted(run) == {"conflict": 1}
    with inside(desk.officer):
        assert Dwelling.objects.get().owner_name.reveal() == "李四"
    twice = desk.looks_at(dwelling(), dwelling(是否出租="否"), kind="dwellings", source="housing")
    assert counted(twice) == {"changed": 1, "refused": 1}


def test_a_persons_dwelling_is_the_one_of_the_housing_list(desk: Desk) -> None:
    desk.brings(dwelling(), kind="dwellings", source="housing")
    desk.brings(person(现住址=f"{ESTATE}3号楼501"))
    with inside(desk.officer):
        assert Dwelling.objects.count() == 1
        assert str(resident(desk).dwelling) == "2-501"


def test_people_whom_the_list_no_longer_has_are_listed_and_go_only_when_asked(desk: Desk) -> None:
    both = (person(), person("李秀英", 公民身份号码=number_of("19500101", 2)))
    desk.brings(*both)
    run = desk.looks_at(both[0])
    assert counted(run) == {"same": 1, "missing": 1}
    apply_run(run, deactivate=False, report=quiet)
    with inside(desk.officer):
        assert Resident.objects.present().count() == 2
    desk.brings(both[0], deactivate=True)
    with inside(desk.officer):
        gone = Resident.objects.get(present=False)
        assert gone.name.reveal() == "李秀英"
        assert gone.gone_on is not None


@pytest.mark.parametrize("harm", [{"现住址": "不知道"}, {"公民身份号码": "990101194803070"[:14]}])
def test_somebody_whose_row_was_refused_or_not_placed_is_not_missing(desk: Desk, harm: dict[str, str]) -> None:
    desk.brings(person())
    run = desk.looks_at(person(**harm))
    assert "missing" not in counted(run)


def test_people_of_other_sources_are_not_missing(desk: Desk) -> None:
    desk.brings(person())
    run = desk.looks_at(person("李秀英", 公民身份号码=number_of("19500101", 2)), source="housing")
    assert counted(run) == {"created": 1}


def test_counts_of_the_buildings_follow(desk: Desk, buildings: list[Building]) -> None:
    from gridmap.population.models import BuildingCount

    desk.brings(person(), person("小张", 公民身份号码=number_of("20100101", 1), 与户主关系="孙子"))
    count = BuildingCount.objects.get(building=buildings[2])
    assert (count.dwellings, count.households, count.residents, count.elders) == (1, 1, 2, 1)


def test_a_plan_that_others_changed_meanwhile_is_shown_again_first(desk: Desk, tmp_path: Path) -> None:
    run = desk.looks_at(person())
    other = brought(write_csv(tmp_path / "other.csv", [person()]), desk.officer, source="housing")
    assert counted(other) == {"created": 1}
    with pytest.raises(StalePlanError):
        apply_run(run, deactivate=False, report=quiet)
    run.refresh_from_db()
    assert (run.status, run.stale) == ("checked", True)
    assert counted(run) == {"same": 1}
    apply_run(run, deactivate=False, report=quiet)
    run.refresh_from_db()
    assert run.status == "applied"
    with pytest.raises(RefusedError, match="already_applied"):
        apply_run(run, deactivate=False, report=quiet)


def test_a_failure_in_the_midst_writes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk.looks_at(person())
    monkeypatch.setattr("importers.lists.work.weigh_risk", lambda _ids: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        apply_run(run, deactivate=False, report=quiet)
    with inside(desk.officer):
        assert not Resident.objects.exists()
        assert not Dwelling.objects.exists()
    run.refresh_from_db()
    assert run.status == "checked"
    assert Path(run.path).exists()


def test_a_person_asked_to_stop_leaves_nothing_half_done(desk: Desk) -> None:
    from gridmap.jobs.progress import JobCancelledError

    run = desk.looks_at(person())

    def stop(share: float) -> None:
        raise JobCancelledError

    with pytest.raises(JobCancelledError):
        apply_run(run, deactivate=False, report=stop)
    with inside(desk.officer):
        assert not Resident.objects.exists()


def test_batches_give_the_same_plan_as_one_piece(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    doors = [f"{ESTATE}{n % 4 + 1}-1-{101 + n // 4}" for n in range(24)]
    rows = [
        person(f"甲{chr(0x4E00 + n)}", 公民身份号码=number_of(order=n + 1), 现住址=door, 出生日期="")
        for n, door in enumerate(doors)
    ]
    rows += [person(rows[0]["姓名"], 公民身份号码="", 出生日期="1948", 现住址=rows[0]["现住址"]), rows[5]]
    whole = counted(desk.looks_at(*rows))
    monkeypatch.setattr("importers.lists.rows.BATCH_ROWS", 5)
    run = desk.looks_at(*rows)
    assert counted(run) == whole == {"created": 24, "refused": 2}
    apply_run(run, deactivate=False, report=quiet)
    with inside(desk.officer):
        assert Resident.objects.count() == 24
