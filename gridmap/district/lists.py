"""The same people as four departments list them, each with its own columns, habits and errors, and the truth of every
row: which person, building and dwelling it is about."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from gridmap.district.care import Care
from gridmap.district.clerks import CIVIL_AFFAIRS, DISABLED, POLICE, TENANCY
from gridmap.district.messy import Clerk, Scene, Written, write_address
from gridmap.district.mistakes import mistype
from gridmap.district.records import District
from gridmap.district.residents import Dwelling, Kind, Relation, Resident, move_in
from gridmap.district.whereabouts import former_names, whereabouts_of

KNOWN_FORMER_SHARE = 0.7
UNSURVEYED_SHARE = 0.01
TWICE_SHARE = 0.006


@dataclass(frozen=True, slots=True)
class Truth:
    """What row ``row`` (1 is the first under the header) of list ``sheet`` is really about; in a building of
    ``one_entrance`` the unit says nothing."""

    sheet: str
    row: int
    person: str
    building: str
    unit: str
    room: str
    one_entrance: bool
    written: Written


@dataclass(frozen=True)
class PeopleList:
    """A list as it would be handed over; ``rows`` in the order of ``columns``."""

    name: str
    title: str
    columns: tuple[str, ...]
    address_column: str
    community_column: str
    rows: tuple[tuple[str, ...], ...]
    truths: tuple[Truth, ...]


@dataclass(frozen=True)
class Sources:
    """The lists, with what a reader may know: former names by code of the compound, and buildings nobody surveyed."""

    lists: tuple[PeopleList, ...]
    known_former: Mapping[str, str]
    unsurveyed: frozenset[str]


Cells = Mapping[str, str]


@dataclass(frozen=True)
class _Entry:
    """One person on one list before it becomes cells."""

    person: Resident
    head: Resident
    written: Written
    name: str
    id_number: str
    phone: str
    community: str
    today: date


@dataclass(frozen=True)
class _Form:
    name: str
    title: str
    clerk: Clerk
    takes: Callable[[Resident, date], bool]
    coverage: float
    address_column: str
    community_column: str
    cells: Callable[[_Entry, np.random.Generator], Cells]


def make_lists(
    district: District, rng: np.random.Generator, *, today: date, sizes: Mapping[str, int] | None = None
) -> Sources:
    """The four lists of a district. ``sizes`` bounds the rows of a list by its name (police, elders, disabled,
    tenants); the lists take people in one common order, so that shorter lists still know the same people."""
    population = move_in(district.buildings, rng, today=today)
    scene = _scene(district, rng)
    town = _Town(
        scene=scene,
        dwellings={dwelling.code: dwelling for dwelling in population.dwellings},
        heads={person.household: person for person in population.residents if person.relation is Relation.HEAD},
        communities={region.code: region.name for region in district.communities()},
        today=today,
    )
    order = rng.permutation(len(population.households))
    rank = {population.households[int(index)].code: position for position, index in enumerate(order)}
    people = sorted(population.residents, key=lambda person: (rank[person.household], person.code))
    made = [_fill(form, people, town, rng.spawn(1)[0], (sizes or {}).get(form.name)) for form in FORMS]
    return Sources(tuple(made), scene.known_former, frozenset(scene.unsurveyed))


@dataclass(frozen=True)
class _Town:
    scene: Scene
    dwellings: Mapping[str, Dwelling]
    heads: Mapping[str, Resident]
    communities: Mapping[str, str]
    today: date


def _scene(district: District, rng: np.random.Generator) -> Scene:
    places = whereabouts_of(district)
    former = former_names(district, rng)
    known = {code: name for code, name in former.items() if rng.random() < KNOWN_FORMER_SHARE}
    unsurveyed = frozenset(code for code in places if rng.random() < UNSURVEYED_SHARE)
    return Scene(places, former, known, unsurveyed)


def _fill(
    form: _Form, people: Sequence[Resident], town: _Town, rng: np.random.Generator, size: int | None
) -> PeopleList:
    cells: list[Cells] = []
    truths: list[Truth] = []
    for person in people:
        if size is not None and len(cells) >= size:
            break
        if not form.takes(person, town.today) or rng.random() >= form.coverage:
            continue
        home = town.dwellings[person.dwelling]
        for _ in range(2 if rng.random() < TWICE_SHARE else 1):
            place = town.scene.places[person.building]
            written = write_address(place, home, form.clerk, town.scene, rng)
            cells.append(form.cells(_entry(person, written, town, rng), rng))
            where = (person.building, home.unit, home.room, place.units == 1)
            truths.append(Truth(form.name, len(cells), person.code, *where, written))
    columns = tuple(cells[0]) if cells else ()
    rows = tuple((str(number), *(row[column] for column in columns)) for number, row in enumerate(cells, start=1))
    return PeopleList(
        form.name, form.title, ("序号", *columns), form.address_column, form.community_column, rows, tuple(truths)
    )


def _entry(person: Resident, written: Written, town: _Town, rng: np.random.Generator) -> _Entry:
    name, id_number, phone = _identity(person, rng)
    return _Entry(
        person=person,
        head=town.heads[person.household],
        written=written,
        name=name,
        id_number=id_number,
        phone=phone,
        community=town.communities.get(written.community, ""),
        today=town.today,
    )


def _identity(person: Resident, rng: np.random.Generator) -> tuple[str, str, str]:
    """Name, number and phone as typed: a wrong character, a blank in the name, another dot, a figure missing, an old
    number of 15 figures, a phone that was changed since."""
    luck = rng.random(3)
    name, id_number, phone = person.name, person.id_number, person.phone
    if luck[0] < 0.006 and len(name) > 1 and "·" not in name:
        name = name[0] + mistype(name[1:], rng)
    elif luck[0] < 0.02:
        name = name.replace("·", "•" if luck[0] < 0.012 else ".") if "·" in name else " ".join(name[:2]) + name[2:]
    if luck[1] < 0.004:
        at = int(rng.integers(6, len(id_number)))
        id_number = id_number[:at] + id_number[at + 1 :]
    elif luck[1] < 0.012:
        id_number = ""
    elif luck[1] < 0.022 and person.born.year < 2000 and person.kind is not Kind.OVERSEAS:
        id_number = id_number[:6] + id_number[8:17]
    elif luck[1] < 0.06:
        id_number = id_number.lower()
    return name, id_number, _phone(phone, luck[2], rng)


def _phone(phone: str, luck: float, rng: np.random.Generator) -> str:
    if not phone or luck < 0.04:
        return ""
    if luck < 0.10:
        return f"129{int(rng.integers(10**8)):08d}"
    if luck < 0.13:
        return f"{phone[:3]} {phone[3:7]} {phone[7:]}"
    if luck < 0.15:
        return f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"
    if luck < 0.16:
        return f"{phone}/129{int(rng.integers(10**8)):08d}"
    return phone


_RELATIONS = {
    Relation.HEAD: "户主", Relation.SPOUSE: "配偶", Relation.CHILD: "子女", Relation.PARENT: "父母",
    Relation.GRANDCHILD: "孙子女", Relation.OTHER: "其他",
}  # fmt: skip
_ELDER_WORDS = {
    Care.ALONE: "独居", Care.EMPTY_NEST: "空巢", Care.AGED_80: "高龄", Care.DISABLED: "失能", Care.DESTITUTE: "特困",
    Care.LOW_INCOME: "低保", Care.DEMENTIA: "失智", Care.SEVERE_ILLNESS: "重病", Care.WIDOWED_CHILDLESS: "孤寡",
    Care.LEFT_BEHIND: "留守",
}  # fmt: skip
_DISABILITIES = ("视力", "听力", "言语", "肢体", "智力", "精神", "多重")
_GRADES = ("一级", "二级", "三级", "四级")


def _sex(person: Resident) -> str:
    return "男" if person.male else "女"


def _police(entry: _Entry, rng: np.random.Generator) -> Cells:
    person = entry.person
    return {
        "姓名": entry.name,
        "性别": _sex(person),
        "公民身份号码": entry.id_number.upper(),
        "出生日期": f"{person.born:%Y%m%d}",
        "户号": _household_number(person),
        "与户主关系": _RELATIONS[person.relation],
        "户籍地址": entry.written.text,
        "联系电话": entry.phone,
    }


def _household_number(person: Resident) -> str:
    return f"{int(person.building[6:]):011d}{person.household.split('-')[-2].zfill(4)}"


def _elders(entry: _Entry, rng: np.random.Generator) -> Cells:
    person = entry.person
    words = [_ELDER_WORDS[tag.kind] for tag in person.tags if tag.kind in _ELDER_WORDS]
    return {
        "老人姓名": entry.name,
        "性别": _sex(person),
        "年龄": str(person.age(entry.today)),
        "身份证号": entry.id_number,
        "所属社区": entry.community,
        "家庭住址": entry.written.text,
        "联系方式": entry.phone,
        "老人类别": "、".join(words) or "一般",
        "紧急联系人": entry.head.name if entry.head is not person else "",
        "备注": "",
    }


def _disabled(entry: _Entry, rng: np.random.Generator) -> Cells:
    kind, grade = int(rng.integers(len(_DISABILITIES))), int(rng.integers(len(_GRADES)))
    number = f"{entry.id_number.upper()}{kind + 1}{grade + 1}" if entry.id_number else ""
    return {
        "姓名": entry.name,
        "性别": _sex(entry.person),
        "残疾证号": number,
        "残疾类别": _DISABILITIES[kind],
        "残疾等级": _GRADES[grade],
        "村（社区）": entry.community,
        "现居住地址": entry.written.text,
        "联系电话": entry.phone,
        "监护人": entry.head.name if entry.head is not entry.person else "",
    }


def _tenants(entry: _Entry, rng: np.random.Generator) -> Cells:
    since = entry.today - timedelta(days=int(rng.integers(10, 900)))
    return {
        "承租人": entry.name,
        "性别": _sex(entry.person),
        "证件类型": "护照" if entry.person.kind is Kind.OVERSEAS else "居民身份证",
        "证件号码": entry.id_number,
        "手机号码": entry.phone,
        "租住地址": entry.written.text,
        "社区": entry.community,
        "登记日期": f"{since.year}/{since.month}/{since.day}",
        "到期日期": f"{_a_year_later(since)}",
    }


def _a_year_later(day: date) -> str:
    """The same day a year later, as 2026.3.1."""
    later = day + timedelta(days=365)
    return f"{later.year}.{later.month}.{later.day}"


FORMS: tuple[_Form, ...] = (
    _Form(
        "police", "户籍人口信息表", POLICE,
        lambda person, _: person.kind in (Kind.REGISTERED, Kind.LEFT_BEHIND), 0.98, "户籍地址", "", _police,
    ),
    _Form(
        "elders", "60岁以上老年人台账", CIVIL_AFFAIRS,
        lambda person, today: person.age(today) >= 60, 0.92, "家庭住址", "所属社区", _elders,
    ),
    _Form(
        "disabled", "持证残疾人名册", DISABLED,
        lambda person, _: any(tag.kind is Care.DISABLED for tag in person.tags), 0.95, "现居住地址", "村（社区）",
        _disabled,
    ),
    _Form(
        "tenants", "流动人口租住登记表", TENANCY,
        lambda person, _: person.kind in (Kind.FLOATING, Kind.OVERSEAS), 0.85, "租住地址", "社区", _tenants,
    ),
)  # fmt: skip
