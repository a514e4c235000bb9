"""The auditor's room: what is found, what is not shown, and that looking leaves a trace."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gridmap.accounts.models import Organisation, Post, User
from gridmap.accounts.roles import Role
from gridmap.traces.actor import acting
from gridmap.traces.models import Entry
from gridmap.traces.services import note
from gridmap.traces.telling import details, text_of
from tests.cast import Board, Cast, give_post, person
from tests.gridmap.traces.reading import entries, last_entry
from tests.owner import as_owner

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
LIST = "/traces/"


@pytest.fixture
def auditor(cast: Cast) -> User:
    """Audits the county."""
    who = person("auditor", "沈审计")
    give_post(who, Role.AUDITOR, "990101")
    return who


@pytest.fixture
def street_auditor(cast: Cast) -> User:
    """Audits the northern street."""
    who = person("street-auditor", "何审计")
    give_post(who, Role.AUDITOR, "990101001")
    return who


def shown(client: Client, query: str = "") -> list[Entry]:
    answer = client.get(LIST + query)
    assert answer.status_code == 200, query
    return list(answer.context["entries"])


def test_only_auditors_come_in(cast: Cast, auditor: User, signed_in: SignedIn) -> None:
    number = last_entry()
    for who in cast.everyone().values():
        client = signed_in(who)
        for address in (LIST, f"{LIST}{number}/", f"{LIST}chain/"):
            assert client.get(address).status_code in (302, 404), (who, address)
            assert client.post(address).status_code in (302, 404, 405), (who, address)
    client = signed_in(auditor)
    for address in (LIST, f"{LIST}{number}/", f"{LIST}chain/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_post_that_is_over_opens_nothing(auditor: User, signed_in: SignedIn) -> None:
    client = signed_in(auditor)
    assert client.get(LIST).status_code == 200
    Post.objects.filter(person=auditor).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert client.get(LIST).status_code != 200


def test_everybody_sees_their_own_area(auditor: User, street_auditor: User, signed_in: SignedIn) -> None:
    before = last_entry()
    marks = {
        area: note(kind="job", area=area) for area in ("", "99", "990101", "990101001", "990101001001", "990101002")
    }
    county, street = signed_in(auditor), signed_in(street_auditor)
    seen = {area for area, number in marks.items() if county.get(f"{LIST}{number}/").status_code == 200}
    assert seen == {"", "990101", "990101001", "990101001001", "990101002"}
    seen = {area for area, number in marks.items() if street.get(f"{LIST}{number}/").status_code == 200}
    assert seen == {"990101001", "990101001001"}
    listed = {entry.area for entry in shown(street) if entry.pk > before}
    assert listed <= {"990101001", "990101001001"}


def test_looking_leaves_a_trace_of_what_was_looked_at(auditor: User, signed_in: SignedIn) -> None:
    client = signed_in(auditor)
    number = last_entry()
    client.get(f"{LIST}?kind=refusal&place=990101001")
    client.get(f"{LIST}{number}/")
    search, one = entries("traces_entry", "read", after=number)
    assert search.actor == one.actor == f"user:{auditor.pk}"
    assert search.detail["looked_for"] == {"kind": "refusal", "place": "990101001"}
    assert one.detail == {"entries": [number]}


def test_a_search_is_sent_and_answered_without_a_name_in_the_address(
    cast: Cast, auditor: User, signed_in: SignedIn
) -> None:
    client = signed_in(auditor)
    for name in ("孙社工", "officer"):
        answer = client.post(LIST, {"who": name, "kind": "refusal"})
        assert answer.headers["Location"] == f"{LIST}?person={cast.officer.pk}&kind=refusal"
    answer = client.post(LIST, {"who": "没有这个人"})
    assert answer.status_code == 400
    assert "没有叫这个名字的人" in answer.content.decode()
    person("officer2", "孙社工")
    assert "登录名" in client.post(LIST, {"who": "孙社工"}).content.decode()
    assert client.post(LIST, {}).headers["Location"] == LIST


def test_a_person_is_found_in_what_they_did_and_what_was_done_to_them(
    cast: Cast, auditor: User, signed_in: SignedIn
) -> None:
    number = f"user:{cast.officer.pk}"
    with acting(number):
        own = note(kind="job")
    with acting(f"job:1 {number}"):
        through_work = note(kind="job")
    with acting(f"{number}0"):
        another = note(kind="job")
    cast.officer.name = "改名"
    cast.officer.save()
    about = last_entry()
    found = {entry.pk for entry in shown(signed_in(auditor), f"?person={cast.officer.pk}")}
    assert {own, through_work, about} <= found
    assert another not in found


def test_every_wish_narrows(auditor: User, signed_in: SignedIn) -> None:
    client = signed_in(auditor)
    with acting("user:1", "f" * 32):
        Organisation.objects.create(name="甲", kind=Organisation.Kind.OTHER, area="990101001")
    row = Organisation.objects.get(name="甲")
    for query in (
        "?kind=insert&table=accounts_organisation",
        f"?table=accounts_organisation&row={row.pk}",
        f"?request={'f' * 32}",
        f"?since={timezone.localdate()}&until={timezone.localdate()}&request={'f' * 32}",
        f"?place=990101001&request={'f' * 32}",
    ):
        assert row.pk in {int(entry.row_id or 0) for entry in shown(client, query) if entry.kind == "insert"}, query
    for query in (
        "?kind=delete&table=accounts_organisation",
        f"?request={'e' * 32}",
        "?until=2020-01-01",
        "?place=9902",
    ):
        assert shown(client, query) == [], query


NONSENSE = "kind=everything person=x person=0 place=x request=x since=x before=-1 table=A' person=" + "9" * 30


@pytest.mark.parametrize("query", NONSENSE.split())
def test_an_address_that_makes_no_sense_is_not_found(auditor: User, signed_in: SignedIn, query: str) -> None:
    assert signed_in(auditor).get(f"{LIST}?{query}").status_code == 404


def test_a_nul_in_an_address_breaks_nothing(auditor: User, signed_in: SignedIn) -> None:
    assert signed_in(auditor).get(f"{LIST}?row=%00").status_code == 404


def test_pages_lead_on_to_older_entries(auditor: User, signed_in: SignedIn) -> None:
    client = signed_in(auditor)
    numbers = [note(kind="job", area="990101") for _ in range(120)]
    found: list[int] = []
    address = LIST + "?kind=job"
    for _ in range(5):
        answer = client.get(address)
        found += [entry.pk for entry in answer.context["entries"]]
        if not answer.context["older"]:
            break
        address = f"{LIST}?{answer.context['older']}"
    assert found[:120] == numbers[::-1]
    assert len(found) == len(set(found))


def test_before_and_after_stand_side_by_side(cast: Cast, auditor: User, signed_in: SignedIn) -> None:
    with acting(f"user:{cast.administrator.pk}"):
        cast.worker.name = "李小格"
        cast.worker.save()
    number = last_entry()
    answer = signed_in(auditor).get(f"{LIST}{number}/")
    [change] = answer.context["changes"]
    assert (change["name"], change["before"], change["after"]) == ("name", "李网格", "李小格")
    text = answer.content.decode()
    assert "周管理" in text and "变更前" in text


def test_what_stands_in_the_trail_is_text_and_no_markup(auditor: User, signed_in: SignedIn) -> None:
    Organisation.objects.create(name="<script>alert(1)</script>", kind=Organisation.Kind.OTHER, area="990101")
    number = last_entry()
    text = signed_in(auditor).get(f"{LIST}{number}/").content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


PEOPLE = """
INSERT INTO traces_entry (kind, table_name, row_id, area, before, after)
VALUES ('update', 'population_resident', 'abc', '990101001', '{"gender": "female", "relation": null}',
        '{"gender": "male", "relation": "head"}') RETURNING id
"""


def test_of_people_the_auditor_sees_which_columns_changed_and_no_value(auditor: User, signed_in: SignedIn) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(PEOPLE)
        number = cursor.fetchone()[0]
    answer = signed_in(auditor).get(f"{LIST}{number}/")
    told = {change["name"]: (change["before"], change["after"]) for change in answer.context["changes"]}
    assert told == {"gender": ("•••", "•••"), "relation": ("—", "•••")}
    assert "female" not in answer.content.decode()


def test_what_a_door_opened_is_listed_with_words(auditor: User, signed_in: SignedIn) -> None:
    opened = [{"table": "population_resident", "masked": ["name"], "clear": ["phone"], "rows": ["row-of-it"]}]
    number = note(kind="reveal", area="990101001", detail={"opened": opened, "purpose": "走访", "areas": ["990101001"]})
    text = signed_in(auditor).get(f"{LIST}{number}/").content.decode()
    assert "走访" in text and "row-of-it" in text and "显示明文" in text


RESIDENTS = {"table": "population_resident", "masked": ["name"], "clear": [], "rows": ["a", "b"]}
DWELLING = {"table": "population_dwelling", "masked": [], "clear": [], "rows": ["c"]}


def about_in_list(client: Client, number: int) -> str:
    [text] = [entry.about for entry in shown(client) if entry.pk == number]  # type: ignore[attr-defined]
    return str(text)


def test_the_list_says_what_was_looked_at_how_far_and_why(auditor: User, signed_in: SignedIn) -> None:
    client = signed_in(auditor)
    by_name = {"opened": [RESIDENTS, DWELLING], "purpose": "searched by name", "areas": ["990101001"]}
    read = note(kind="read", area="990101001", detail=by_name)
    assert about_in_list(client, read) == "居民 × 2、户室 × 1 · 按姓名查找"
    clear = {**RESIDENTS, "clear": ["phone", "id_number"], "rows": ["a"]}
    detail = {"opened": [clear, RESIDENTS], "purpose": "visit: 上门核对", "areas": []}
    reveal = note(kind="reveal", area="990101001", detail=detail)
    told = about_in_list(client, reveal)
    assert (
        told.startswith("居民 × 1 · ") and "电话" in told and "身份证" in told and told.endswith("走访或联系：上门核对")
    )
    assert "visit" not in told
    export = {
        "export": "000007",
        "rows": 12,
        "clear": True,
        "fields": ["name", "age"],
        "download": 1,
        "purpose": "核对",
    }
    taken = note(kind="export", table="population_exportrequest", row="x", area="990101001", detail=export)
    assert about_in_list(client, taken) == "导出 000007 已下载，12 行"
    text = signed_in(auditor).get(f"{LIST}{taken}/").content.decode()
    assert "姓名、年龄" in text and "[" not in re.findall(r"<dl.*?</dl>", text, re.DOTALL)[0]


def test_auditors_own_looks_are_shown_on_demand(auditor: User, signed_in: SignedIn) -> None:
    client = signed_in(auditor)
    client.get(LIST)
    own = last_entry()
    assert own not in {entry.pk for entry in shown(client)}
    assert client.post(LIST, {"looks": "on"}).headers["Location"] == f"{LIST}?looks=1"
    assert own in {entry.pk for entry in shown(client, "?looks=1")}


def test_a_place_is_found_by_its_name_inside_the_auditors_areas(
    cast: Cast, board: Board, auditor: User, street_auditor: User, signed_in: SignedIn
) -> None:
    community = board.communities[2]
    place = community.code
    for text in (community.name, place, f"{community.name} · {place}"):
        answer = signed_in(auditor).post(LIST, {"place": text})
        assert answer.status_code == 302 and answer.headers["Location"].endswith(f"?place={place}"), text
    assert signed_in(street_auditor).post(LIST, {"place": community.name}).status_code == 400
    assert signed_in(auditor).post(LIST, {"place": "没有这个地方"}).status_code == 400
    note(kind="job", area=place)
    text = signed_in(auditor).get(f"{LIST}?place={place}").content.decode()
    assert text.count(community.name) >= 2


def test_people_in_details_go_by_name_and_moments_by_the_clock_of_here(auditor: User) -> None:
    told = dict(
        details({"looked_for": {"person": str(auditor.pk), "kind": "read"}, "areas": ["99", "98"]}, {"99": "甲"})
    )
    assert told["查询条件"] == "人员 沈审计；事项 查看"
    assert told["范围"] == "甲 99、98"
    assert text_of("2026-11-22T12:00:00+00:00") == "2026-11-22 20:00:00"
    assert text_of(["a", True]) == "a、是"


def test_the_chain_can_be_checked_and_that_is_noted(auditor: User, signed_in: SignedIn) -> None:
    client = signed_in(auditor)
    before = last_entry()
    answer = client.post(reverse("traces:chain"))
    assert answer.status_code == 200
    assert answer.context["faults"] == []
    [entry] = entries("traces_seal", "job", after=before)
    assert entry.detail["work"] == "check_traces"
    assert entry.actor == f"user:{auditor.pk}"


def test_every_kind_and_watched_table_has_a_chinese_name(auditor: User, signed_in: SignedIn) -> None:
    form = signed_in(auditor).get(LIST).context["form"]
    for field in ("kind", "table"):
        plain = [str(label) for value, label in form.fields[field].choices if value and str(label).isascii()]
        assert plain == [], field
