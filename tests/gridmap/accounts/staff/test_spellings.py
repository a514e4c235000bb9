"""How lists spell roles, networks, duties, dates and columns."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridmap.accounts.models import Post
from gridmap.accounts.roles import Network, Role
from gridmap.accounts.staff.spellings import (
    COLUMNS,
    DUTIES,
    NETWORKS,
    ROLES,
    columns_of,
    date_of,
    duty_of,
    network_of,
    plain,
    role_of,
)


def test_every_word_means_one_thing() -> None:
    for table in (ROLES, NETWORKS, DUTIES):
        words = [plain(word) for several in table.values() for word in several]
        assert len(words) == len(set(words))
    assert set(ROLES) == set(Role) and set(NETWORKS) == set(Network) and set(DUTIES) == set(Post.Duty)
    names = [plain(word) for several in COLUMNS.values() for word in several]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(("word", "role"), [
    ("网格员", Role.GRID_WORKER), (" 网格 员 ", Role.GRID_WORKER), ("grid_worker", Role.GRID_WORKER),
    ("Grid Worker", Role.GRID_WORKER), ("GRID-WORKER", Role.GRID_WORKER), ("楼长", Role.BUILDING_LEADER),
    ("社区工作者", Role.COMMUNITY_OFFICER), ("系统管理员", Role.ADMINISTRATOR), ("governance-centre operator",
    Role.CENTRE_OPERATOR), ("centre_operator", Role.CENTRE_OPERATOR), ("书记", None), ("", None), ("员", None),
])  # fmt: skip
def test_roles(word: str, role: Role | None) -> None:
    assert role_of(word) == role


def test_every_role_goes_by_its_code_and_its_chinese_label() -> None:
    for role in Role:
        assert role_of(role.value) == role
        assert role_of(ROLES[role][0]) == role


@pytest.mark.parametrize(("word", "network"), [
    ("社工", Network.SOCIAL_WORK), ("城市管理网格", Network.CITY_MANAGEMENT), ("综治", Network.GOVERNANCE),
    ("city management", Network.CITY_MANAGEMENT), ("消防", None),
])  # fmt: skip
def test_networks(word: str, network: Network | None) -> None:
    assert network_of(word) == network


@pytest.mark.parametrize(("word", "duty"), [("主责", "main"), ("协助", "assisting"), ("Main", "main"), ("领导", None)])
def test_duties(word: str, duty: str | None) -> None:
    assert duty_of(word) == duty


@pytest.mark.parametrize("text", [
    "2026-01-31", "2026/1/31", "2026.1.31", "2026年1月31日", "20260131", "2026-01-31T00:00:00", "２０２６-０１-３１",
    " 2026-1-31 ", "2026-01-31 00:00",
])  # fmt: skip
def test_dates(text: str) -> None:
    assert date_of(text) == date(2026, 1, 31)


@pytest.mark.parametrize("text", ["", "31.1.2026", "2026-02-30", "2026-13-01", "明年", "46053", "2026-01-31T12:00:00"])
def test_no_dates(text: str) -> None:
    with pytest.raises(ValueError):
        date_of(text)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_any_day_in_any_spelling(day: date) -> None:
    for spelling in ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%Y.%m.%d"):
        assert date_of(day.strftime(spelling)) == day


@given(st.text(max_size=30))
def test_any_text_is_a_date_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert date_of(text) is not None
    for meant in (role_of(text), network_of(text), duty_of(text), columns_of([text])):
        assert meant is None or meant is not text


def test_columns_in_chinese_and_english() -> None:
    chinese = [
        "序号",
        "姓名",
        "账号",
        "所属单位",
        "岗位",
        "责任区域（代码）",
        "条线",
        "主责/协助",
        "任职日期",
        "截止日期",
        "借调自",
    ]
    assert columns_of(chinese) == {
        "name": "姓名", "username": "账号", "organisation": "所属单位", "role": "岗位", "area": "责任区域（代码）",
        "network": "条线", "duty": "主责/协助", "starts_on": "任职日期", "ends_on": "截止日期",
        "seconded_from": "借调自",
    }  # fmt: skip
    english = ["Name", "User name", "Organisation", "Role", "Area", "Network", "Duty", "From", "Until", "Seconded from"]
    assert list(columns_of(english).values()) == english


def test_the_better_name_wins_and_no_column_serves_twice() -> None:
    assert columns_of(["网格", "责任区域"])["area"] == "责任区域"
    assert columns_of(["网格"])["area"] == "网格"
    assert columns_of(["什么", "都不是"]) == {}
    assert columns_of(["姓名", "姓名（曾用）"])["name"] == "姓名"
