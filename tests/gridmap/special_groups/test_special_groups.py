"""A room that is not there unless opened, then only for posts opened one by one, sealed, placed, and written down."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from gridmap.accounts.models import User
from gridmap.accounts.roles import Role
from gridmap.population.models import Resident
from gridmap.special_groups.door import special_rows
from gridmap.special_groups.models import SpecialRecord
from gridmap.territory.models import Building, Grid
from gridmap.territory.services import NewGrid, replace_grids
from gridmap.traces.models import Entry
from tests.cast import Board, Cast, corner_of, give_post, person, square
from tests.gridmap.population.people import People, body_of, everywhere, is_kept_by_nobody, move_everybody_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
OPEN = pytest.mark.urls("tests.gridmap.special_groups.addresses")
SECRET = "海洛因戒断后第三年"
VALUES = {"version": 1, "group": "drugs", "details": SECRET, "source": "禁毒办", "since": "2026-02-01"}


@pytest.fixture
def people(grids: list[Grid]) -> People:
    return move_everybody_in(grids)


@pytest.fixture
def helper(cast: Cast) -> User:
    """Somebody whose post is opened to special groups, for the community."""
    who = person("helper", "禁毒专干")
    post = give_post(who, Role.COMMUNITY_OFFICER, "990101001001")
    post.special_groups = True
    post.save()
    return who


@pytest.fixture
def record(people: People, helper: User) -> SpecialRecord:
    with everywhere(), special_rows():
        return SpecialRecord.objects.create(
            resident=people.mine.first, group="drugs", details=SECRET, source="禁毒办", since="2026-02-01"
        )


def test_it_is_not_there_unless_the_setting_opens_it(
    people: People, helper: User, record: SpecialRecord, signed_in: SignIn
) -> None:
    client = signed_in(helper)
    for path in ("/special-groups/", "/special-groups/search/", f"/special-groups/{record.pk}/"):
        assert client.get(path).status_code == 404
    assert "special-groups" not in client.get("/people/").content.decode()


@OPEN
@pytest.mark.parametrize("part", ["officer", "worker", "planner", "administrator"])
def test_no_role_opens_it_by_itself(
    people: People, cast: Cast, record: SpecialRecord, signed_in: SignIn, part: str
) -> None:
    client = signed_in(cast.everyone()[part])
    for path in ("/special-groups/", "/special-groups/search/", f"/special-groups/{record.pk}/"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert body_of(answer) == body_of(client.get(f"/special-groups/{uuid4()}/"))


@OPEN
def test_the_post_that_is_opened_sees_its_area_only(
    people: People, helper: User, record: SpecialRecord, signed_in: SignIn
) -> None:
    with everywhere(), special_rows():
        foreign = SpecialRecord.objects.create(
            resident=people.foreign.first, group="hiv", details="别处", source="疾控", since="2026-02-01"
        )
    client = signed_in(helper)
    page = client.get("/special-groups/")
    assert is_kept_by_nobody(page)
    assert [row["record"].pk for row in page.context["rows"]] == [record.pk]
    assert SECRET not in page.content.decode() and "张桂英" not in page.content.decode()
    assert SECRET in client.get(f"/special-groups/{record.pk}/").content.decode()
    assert client.get(f"/special-groups/{foreign.pk}/").status_code == 404
    assert client.get(f"/special-groups/new/{people.foreign.first.pk}/").status_code == 404


@OPEN
def test_somebody_is_found_recorded_and_changed(people: People, helper: User, signed_in: SignIn) -> None:
    client = signed_in(helper)
    [row] = client.post("/special-groups/search/", {"text": "欧阳修远"}).context["rows"]
    assert client.post("/special-groups/search/", {"text": "诸葛不亮"}).context["rows"] == []
    answer = client.post(f"/special-groups/new/{row.key}/", VALUES | {"next_visit_on": "2026-12-01"})
    assert answer.status_code == 302
    changed = client.post(answer["Location"], VALUES | {"details": "", "next_visit_on": "2027-01-01"})
    assert changed.status_code == 302
    with everywhere(), special_rows():
        [made] = SpecialRecord.objects.all()
        assert (made.details.reveal(), str(made.next_visit_on), made.version) == (SECRET, "2027-01-01", 2)
        assert made.area == people.next_door.first.area or made.area.startswith("990101001001")


@OPEN
def test_an_old_version_and_a_wrong_day_are_refused(
    people: People, helper: User, record: SpecialRecord, signed_in: SignIn
) -> None:
    client = signed_in(helper)
    path = f"/special-groups/{record.pk}/"
    assert client.post(path, VALUES | {"version": 9}).status_code == 409
    assert client.post(path, VALUES | {"until": "2025-01-01"}).status_code == 400
    assert client.post(path, VALUES | {"group": "tall"}).status_code == 400


@OPEN
def test_each_look_is_written_down_as_one_of_this_room(
    people: People, helper: User, record: SpecialRecord, signed_in: SignIn
) -> None:
    signed_in(helper).get(f"/special-groups/{record.pk}/")
    entry = Entry.objects.filter(kind="read").latest("pk")
    assert entry.detail["purpose"] == "special groups: record"
    opened = [group for group in entry.detail["opened"] if group["table"] == "special_groups_specialrecord"]
    assert [(group["clear"], group["rows"]) for group in opened] == [(["details", "group"], [str(record.pk)])]


def test_people_pages_say_nothing_of_it(
    people: People, cast: Cast, helper: User, record: SpecialRecord, signed_in: SignIn
) -> None:
    for who in (cast.officer, helper):
        client = signed_in(who)
        for path in ("/people/", f"/people/{people.mine.first.pk}/", "/people/care/"):
            text = client.get(path).content.decode()
            assert SECRET not in text and "禁毒" not in text.replace("禁毒专干", "")


def test_even_the_group_is_sealed_and_rows_are_guarded(record: SpecialRecord) -> None:
    assert SpecialRecord.objects.count() == 0
    with everywhere(), special_rows(), connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(s)::text FROM special_groups_specialrecord s")
        [(row,)] = cursor.fetchall()
    assert "drugs" not in row and SECRET not in row


def test_records_follow_their_residents_building(people: People, record: SpecialRecord, board: Board) -> None:
    community = board.communities[0]
    buildings = list(Building.objects.filter(community=community).values_list("pk", flat=True))
    whole = NewGrid(square(*corner_of(community.code), 0.01), "general", buildings)
    (grid,) = replace_grids(community=community, grids=[whole], source="test", at=timezone.now())
    with everywhere(), special_rows():
        assert SpecialRecord.objects.get().area == Resident.objects.get(pk=people.mine.first.pk).area == grid.code


def test_a_door_to_people_alone_shows_no_row_and_lets_none_be_written(record: SpecialRecord, people: People) -> None:
    with everywhere():
        assert Resident.objects.exists() and not SpecialRecord.objects.exists()
        assert SpecialRecord.objects.update(source="x") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            SpecialRecord.objects.create(resident=people.mine.first, group="hiv", source="x", since="2026-02-01")
        with special_rows():
            assert SpecialRecord.objects.get() == record
        assert not SpecialRecord.objects.exists()
    with special_rows():
        assert not SpecialRecord.objects.exists()


def test_the_second_lock_closes_after_an_error_and_within_its_transaction(record: SpecialRecord) -> None:
    with everywhere():
        with pytest.raises(ZeroDivisionError), special_rows():
            raise ZeroDivisionError
        assert not SpecialRecord.objects.exists()
        with special_rows(), special_rows():
            assert SpecialRecord.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('gridmap.special', true)")
        assert cursor.fetchone()[0] in (None, "")
