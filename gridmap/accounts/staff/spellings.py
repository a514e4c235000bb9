"""How staff lists spell roles, networks, duties, dates and the names of their columns, in Chinese and English."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeVar

from django.db.models import TextChoices

from gridmap.accounts.models import Post
from gridmap.accounts.roles import Network, Role

Choice = TypeVar("Choice", bound=TextChoices)

#: The fields of a row in the order they are shown, and the names of the columns that fill them.
COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "名字", "人员姓名", "name", "full name"),
    "username": ("账号", "帐号", "用户名", "登录名", "工号", "username", "account", "login"),
    "organisation": ("单位", "所属单位", "工作单位", "组织", "部门", "organisation", "organization", "unit",
                     "department"),
    "role": ("岗位", "角色", "职务", "岗位名称", "role", "post", "position", "job"),
    "area": ("区域", "负责区域", "责任区域", "辖区", "区域代码", "网格", "网格编码", "所在网格", "社区", "area",
             "place", "grid", "area code"),
    "network": ("网络", "条线", "网格类型", "network"),
    "duty": ("主责/协助", "主协", "主责或协助", "职责", "主办/协办", "duty", "main/assisting", "main or assisting"),
    "starts_on": ("起", "开始", "开始日期", "起始日期", "任职日期", "上岗日期", "from", "start", "starts on",
                  "first day"),
    "ends_on": ("止", "结束", "结束日期", "截止日期", "到期日期", "离岗日期", "until", "to", "end", "ends on",
                "last day"),
    "seconded_from": ("借调自", "借调单位", "借出单位", "原单位", "seconded from", "lent by"),
}  # fmt: skip
REQUIRED = ("username", "role", "area")

ROLES: dict[Role, tuple[str, ...]] = {
    Role.GRID_WORKER: ("网格员", "专职网格员", "兼职网格员", "网格管理员"),
    Role.GRID_LEADER: ("网格长", "网格组长"),
    Role.BUILDING_LEADER: ("楼栋长", "楼长", "单元长"),
    Role.COMMUNITY_OFFICER: ("社区工作者", "社区干部", "社区专干", "社工", "社区社工", "居委会干部"),
    Role.STREET_OFFICER: ("街道工作人员", "街道干部", "街道专干", "镇干部"),
    Role.DISPATCHER: ("派遣员", "调度员", "指挥调度员"),
    Role.DEPARTMENT_HANDLER: ("部门经办人", "部门处置员", "处置人员", "职能部门"),
    Role.CENTRE_OPERATOR: ("综治中心值守员", "综治中心", "值守员", "governance centre operator", "centre operator"),
    Role.PLANNER: ("规划员", "规划人员"),
    Role.APPROVER: ("审批人", "审批员"),
    Role.AUDITOR: ("审计员", "安全审计员"),
    Role.ADMINISTRATOR: ("管理员", "系统管理员", "人员管理员"),
    Role.WALL_SCREEN: ("大屏",),
}
NETWORKS: dict[Network, tuple[str, ...]] = {
    Network.SOCIAL_WORK: ("社工", "社工网格", "社会工作"),
    Network.CITY_MANAGEMENT: ("城管", "城管网格", "城市管理", "城市管理网格"),
    Network.GOVERNANCE: ("综治", "综治网格", "综合治理", "综合治理网格", "governance"),
}
DUTIES: dict[Post.Duty, tuple[str, ...]] = {
    Post.Duty.MAIN: ("主责", "主", "主办", "专职"),
    Post.Duty.ASSISTING: ("协助", "协", "协办", "副", "兼职", "assistant"),
}
#: An end that is none.
OPEN_ENDED = ("长期", "至今", "无", "永久", "open", "—", "-", "/")
DATE = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ]00:00(?::00)?)?")


def plain(text: str) -> str:
    """A word without case, width, blanks and punctuation, for comparing."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).lower()


def columns_of(names: Sequence[str]) -> dict[str, str]:
    """Field → column of the file, for the fields that some column is named after; the best name wins."""
    by_word: dict[str, str] = {}
    for name in names:
        by_word.setdefault(plain(re.sub(r"[（(\[【].*$", "", name)) or plain(name), name)
    found: dict[str, str] = {}
    for field, words in COLUMNS.items():
        column = next((by_word[plain(word)] for word in words if plain(word) in by_word), None)
        if column is not None and column not in found.values():
            found[field] = column
    return found


def role_of(text: str) -> Role | None:
    """The role that a list means."""
    return _meant(text, ROLES)


def network_of(text: str) -> Network | None:
    """The network that a list means."""
    return _meant(text, NETWORKS)


def duty_of(text: str) -> Post.Duty | None:
    """Main or assisting."""
    return _meant(text, DUTIES)


def date_of(text: str) -> date | None:
    """A day: 2026-01-31, 2026/1/31, 2026.1.31, 2026年1月31日, 20260131; ValueError where it is none."""
    found = DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        raise ValueError(text)
    year, month, day = (int(part) for part in found.groups())
    return date(year, month, day)


def _meant(text: str, spellings: Mapping[Choice, tuple[str, ...]]) -> Choice | None:
    wanted = plain(text)
    for choice in spellings:
        if wanted in map(plain, (str(choice.value), *spellings[choice])):
            return choice
    return None
