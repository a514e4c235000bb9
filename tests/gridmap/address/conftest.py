"""A small invented town with everything that makes addresses hard: names that resemble each other, phases, former
names, villas, one tower alone, houses known by their door, a lane whose name is an estate."""

import pytest

from gridmap.address import Entry, Gazetteer

REGIONS = {
    "990000000000": "示例省",
    "990100000000": "示例市",
    "990101000000": "澄江区",
    "990101001000": "城北街道",
    "990101002000": "江南街道",
    "990101001001": "陇海社区",
    "990101001002": "北门社区",
    "990101002001": "爱民佳苑社区",
    "990101002002": "国泰社区",
}
LONGHAI, BEIMEN, AIMIN, GUOTAI = "990101001001", "990101001002", "990101002001", "990101002002"
CHAIN = {"990101001": "示例省示例市澄江区城北街道", "990101002": "示例省示例市澄江区江南街道"}


def estate(name: str, area: str, door: str, numbers: range, mark: str = "栋", **more: object) -> list[Entry]:
    """Buildings ``name``-1, ``name``-2 … behind one door, with 3 entrances and 6 floors unless told otherwise."""
    facts: dict[str, object] = {"entrances": 3, "floors": 6, "dwellings": 36, **more}
    return [
        Entry(
            id=f"{name}-{area[-4:]}-{number}",
            area=area,
            compound=name,
            number=f"{number}{mark}",
            address=f"{CHAIN[area[:9]]}{door}{name}{number}{mark}",
            **facts,  # type: ignore[arg-type]
        )
        for number in numbers
    ]


def houses(street: str, area: str, doors: range) -> list[Entry]:
    return [
        Entry(
            id=f"{street}-{door}",
            area=area,
            number=f"{index}号",
            address=f"{CHAIN[area[:9]]}{street}{door}号",
            entrances=1,
            floors=2,
            dwellings=3,
        )
        for index, door in enumerate(doors, start=1)
    ]


@pytest.fixture(scope="session")
def town() -> Gazetteer:
    entries = [
        *estate("锦绣花园", LONGHAI, "长宁路12号", range(1, 13)),
        *estate("锦绣家园", LONGHAI, "长宁路20号", range(1, 5)),
        *estate("银杏苑", LONGHAI, "长宁路31号", range(1, 6)),
        *estate("银杏苑", BEIMEN, "北门街8号", range(1, 9)),
        *estate("听涛雅居", BEIMEN, "北门街16号", range(1, 5), aliases=("红星二村", "机械厂宿舍")),
        *estate("阳光花园一期", BEIMEN, "东风路5号", range(1, 6)),
        *estate("阳光花园二期", BEIMEN, "东风路7号", range(4, 10)),
        *estate("朝阳公馆", BEIMEN, "东风路9号", range(1, 2), entrances=1, floors=30, dwellings=120),
        *estate("平安里", LONGHAI, "长宁路40号", range(1, 9), mark="号"),
        *estate("爱民佳苑", AIMIN, "环城南路565号", range(1, 60), entrances=4),
        *estate("国泰山庄", GUOTAI, "桃源大道2号", range(1, 200), mark="号", entrances=1, floors=3, dwellings=1),
        *estate("世纪城", GUOTAI, "桃源大道8号", range(1, 4), mark="座", entrances=1, floors=28, dwellings=100),
        *houses("鼓楼街", LONGHAI, range(1, 60, 2)),
        *houses("五一路", GUOTAI, range(1, 20)),
        *estate("丝绸厂宿舍", BEIMEN, "鼓楼街21号", range(1, 4)),
        *houses("陇海村三组", LONGHAI, range(1, 20)),
    ]
    return Gazetteer(entries, REGIONS)
