"""Staff lists from the file to the slips: read in the closed room, shown, applied, nothing left behind."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from gridmap.accounts.models import Post, User
from gridmap.accounts.staff.models import StaffList
from gridmap.accounts.staff.posts import change_end
from importers.records import RefusedError
from importers.sentences import refusal_sentence
from importers.staff import reading
from importers.staff.reading import read_list
from importers.staff.words import ACTIONS, FIELDS
from tests.cast import Cast
from tests.gridmap.accounts.staff.conftest import FIRST, NORTH, Office, in_days, now, office

__all__ = ["now", "office"]
pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]

HEADER = ("姓名", "账号", "单位", "岗位", "区域", "网络", "主责/协助", "起", "止", "借调自")
SUN = ("孙新人", "sun", "一社区居委会", "网格员", "一社区", "综治", "主责", "2026-01-01", "", "样例县城管局")
LI = ("李也新", 20260012, "", "楼栋长", int(FIRST), "", "", "", "", "")
WANG = ("王网格", "wang", "", "网格员", FIRST, "", "协助", "", "", "")
BAD = ("周错行", "zhou", "没有此单位", "书记", "火星", "", "", "明年", "", "")


def workbook(path: Path, rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(header))
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def bring(client: Client, path: Path, name: str = "名单.xlsx") -> HttpResponse:
    return client.post("/staff/import/", {"file": SimpleUploadedFile(name, path.read_bytes())})  # type: ignore[return-value]


def left_behind() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def texts(client: Client, address: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(address).content.decode()).split())


@pytest.fixture
def brought(signed_in: SignIn, office: Office, tmp_path: Path) -> tuple[Client, StaffList]:
    """The four rows, looked at and not applied."""
    client = signed_in(office.keeper)
    answer = bring(client, workbook(tmp_path / "a.xlsx", [SUN, LI, WANG, BAD]))
    found = StaffList.objects.get()
    assert answer.headers["Location"] == f"/staff/import/{found.pk}/"
    return client, found


# --- reading ----------------------------------------------------------------------------------------------------------
def test_rows_are_read_with_the_numbers_that_excel_shows(tmp_path: Path) -> None:
    columns, rows = read_list(workbook(tmp_path / "a.xlsx", [SUN, LI]))
    assert columns["area"] == "区域" and columns["duty"] == "主责/协助"
    assert [row.number for row in rows] == [2, 3]
    assert rows[0].get("name") == "孙新人" and rows[0].get("ends_on") == ""
    assert (rows[1].get("username"), rows[1].get("area")) == ("20260012", FIRST)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
def test_csv_in_the_encodings_of_offices(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("账号,岗位,区域,姓名\nsun,网格员,一社区,孙新人\n", encoding=encoding)
    _columns, (row,) = read_list(path)
    assert (row.get("name"), row.get("role")) == ("孙新人", "网格员")


def refusal(path: Path) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        read_list(path)
    assert "%(" not in refusal_sentence(caught.value) and refusal_sentence(caught.value) != caught.value.code
    return caught.value


def test_what_is_no_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = tmp_path / "a.geojson"
    shapes.write_text('{"type": "FeatureCollection", "features": []}')
    assert refusal(shapes).code == "staff_list_no_table"
    (tmp_path / "b.xlsx").write_bytes(b"PK\x03\x04 broken")
    refusal(tmp_path / "b.xlsx")
    (tmp_path / "empty.csv").write_bytes(b"")
    assert refusal(tmp_path / "empty.csv").code == "file_empty"
    lacking = refusal(workbook(tmp_path / "c.xlsx", [("a", "b")], ("姓名", "电话")))
    assert (lacking.code, lacking.params["fields"]) == ("staff_list_columns", "username, role, area")
    assert refusal(workbook(tmp_path / "d.xlsx", [])).code == "table_empty"
    monkeypatch.setattr(reading, "MOST_ROWS", 1)
    assert refusal(workbook(tmp_path / "e.xlsx", [SUN, LI])).code == "staff_list_too_long"


# --- the pages --------------------------------------------------------------------------------------------------------
def test_every_row_is_shown_with_what_it_would_do(brought: tuple[Client, StaffList]) -> None:
    client, found = brought
    address = f"/staff/import/{found.pk}/"
    assert left_behind() == [] and not User.objects.filter(username="sun").exists()
    refused = texts(client, address)
    assert "周错行" in refused and "孙新人" not in refused  # what is refused is shown first
    for words in ("“书记”不是本系统的角色", "没有此名称或代码", "“明年”不是日期", "“没有此单位”"):
        assert words in refused
    new = texts(client, address + "?action=new_person")
    assert "孙新人" in new and "李也新" in new and "权限从今天开始" in new
    assert "main → assisting" in texts(client, address + "?action=changed")
    assert client.get(address + "?action=nonsense&page=x").status_code == 200


def test_applied_and_printed_once(brought: tuple[Client, StaffList], office: Office) -> None:
    client, found = brought
    answer = client.post(f"/staff/import/{found.pk}/apply", {"seen": found.mark})
    page = answer.content.decode()
    codes = re.findall(r"data-code>([^<]+)<", page)
    assert len(codes) == 2 and "no-store" in answer.headers["Cache-Control"]
    sun, li = User.objects.get(username="sun"), User.objects.get(username="20260012")
    assert sun.check_password(codes[0]) and li.check_password(codes[1])
    assert (sun.posts.get().seconded_from, li.posts.get().area) == (office.county, FIRST)
    assert Post.objects.get(person=office.worker).duty == "assisting"
    assert not User.objects.filter(username="zhou").exists()
    again = client.post(f"/staff/import/{found.pk}/apply", {"seen": found.mark}, follow=True).content.decode()
    shown = client.get(f"/staff/import/{found.pk}/").content.decode()
    assert not any(code in again or code in shown for code in codes)
    assert User.objects.filter(username="sun").count() == 1 and left_behind() == []


def test_what_moved_meanwhile_is_shown_again(brought: tuple[Client, StaffList], office: Office) -> None:
    client, found = brought
    Post.objects.filter(person=office.worker).update(duty="assisting")
    answer = client.post(f"/staff/import/{found.pk}/apply", {"seen": found.mark}, follow=True)
    assert "情况有变" in answer.content.decode() and not User.objects.filter(username="sun").exists()
    found.refresh_from_db()
    assert client.post(f"/staff/import/{found.pk}/apply", {"seen": found.mark}).status_code == 200
    assert User.objects.filter(username="sun").exists()


def test_a_forged_mark_applies_nothing(brought: tuple[Client, StaffList]) -> None:
    client, found = brought
    for given in ({}, {"seen": "x"}, {"seen": "\x00"}):
        assert client.post(f"/staff/import/{found.pk}/apply", given).status_code == 302
    assert not User.objects.filter(username="sun").exists()


def test_a_list_without_new_people_needs_no_slips(signed_in: SignIn, office: Office, tmp_path: Path) -> None:
    client = signed_in(office.keeper)
    bring(client, workbook(tmp_path / "a.xlsx", [WANG]))
    found = StaffList.objects.get()
    answer = client.post(f"/staff/import/{found.pk}/apply", {"seen": found.mark}, follow=True)
    assert "名单已应用" in answer.content.decode()
    bring(client, workbook(tmp_path / "b.xlsx", [WANG]))
    second = StaffList.objects.get(applied_at__isnull=True)
    assert "没有可" in texts(client, f"/staff/import/{second.pk}/") or second.outcomes[0]["action"] == "unchanged"


def test_thrown_away(brought: tuple[Client, StaffList]) -> None:
    client, found = brought
    assert client.get(f"/staff/import/{found.pk}/discard").status_code == 405
    client.post(f"/staff/import/{found.pk}/discard")
    assert not StaffList.objects.exists()
    assert client.get(f"/staff/import/{found.pk}/").status_code == 404


def test_a_list_is_for_who_brought_it(
    brought: tuple[Client, StaffList], signed_in: SignIn, office: Office, cast: Cast
) -> None:
    _client, found = brought
    for who in (office.chief, cast.planner, office.worker):
        client = signed_in(who)
        assert client.get(f"/staff/import/{found.pk}/").status_code == 404
        for deed in ("apply", "discard"):
            assert client.post(f"/staff/import/{found.pk}/{deed}", {"seen": found.mark}).status_code == 404
    assert StaffList.objects.exists() and not User.objects.filter(username="sun").exists()


def test_rights_are_those_of_the_moment_of_applying(
    brought: tuple[Client, StaffList], signed_in: SignIn, office: Office, now: object
) -> None:
    client, found = brought
    Post.objects.filter(person=office.keeper).update(area=NORTH + "002")
    answer = client.post(f"/staff/import/{found.pk}/apply", {"seen": found.mark}, follow=True)
    assert "情况有变" in answer.content.decode() and not User.objects.filter(username="sun").exists()
    Post.objects.filter(person=office.keeper).update(role="planner")
    assert client.get(f"/staff/import/{found.pk}/").status_code == 404


@pytest.mark.parametrize(("name", "content"), [
    ("a.xlsx", b"PK\x03\x04 broken"), ("a.csv", b""), ("a.csv", b"a,b\n1,2\n"), ("a.exe", b"MZ\x00\x01"),
    ("a.xlsx", b"\x00" * 200),
])  # fmt: skip
def test_broken_files_end_beside_the_field(
    signed_in: SignIn, office: Office, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    answer = bring(signed_in(office.keeper), path, name)
    assert answer.status_code == 400 and "errorlist" in answer.content.decode()
    assert left_behind() == [] and not StaffList.objects.exists()


def test_no_file_and_a_file_too_large(signed_in: SignIn, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(office.keeper)
    assert client.post("/staff/import/", {}).status_code == 400
    monkeypatch.setattr("importers.staff.forms.MOST_BYTES", 10)
    large = SimpleUploadedFile("a.csv", b"x" * 11)
    assert client.post("/staff/import/", {"file": large}).status_code == 400


def test_the_start_page_names_the_columns_and_ones_own_lists(
    brought: tuple[Client, StaffList], signed_in: SignIn, office: Office
) -> None:
    client, _found = brought
    page = texts(client, "/staff/import/")
    assert "名单.xlsx" in page and "账号" in page and "尚未应用" in page
    assert "名单.xlsx" not in texts(signed_in(office.chief), "/staff/import/")


def test_a_later_end_is_written_by_a_list(signed_in: SignIn, office: Office, tmp_path: Path, now: object) -> None:
    change_end(post=office.post, ends_on=in_days(5), seen=None, by=office.keeper, now=now)  # type: ignore[arg-type]
    client = signed_in(office.keeper)
    bring(client, workbook(tmp_path / "a.xlsx", [(*WANG[:8], str(in_days(50)), "")]))
    found = StaffList.objects.get()
    client.post(f"/staff/import/{found.pk}/apply", {"seen": found.mark})
    assert office.post.ends_on == in_days(50)


def test_every_field_and_action_has_words() -> None:
    assert all(str(label) for label in (*FIELDS.values(), *ACTIONS.values()))
    assert {"name", "username", "area", "role"} <= set(FIELDS)
