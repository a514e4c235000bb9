"""Reading an address as departments write it, by its words and figures alone; `match` brings in the known names."""

from __future__ import annotations

import re

from gridmap.address.indoors import FIGURE, read_indoors, split_indoors
from gridmap.address.normal import NUMERALS, figure_of, normalise
from gridmap.address.parts import Address

RAW_LONGEST = 1000
_LABEL = re.compile(r"^(?:现|户籍|家庭|居住|常住|租住|详细)*(?:住址|地址|住所|居住地|所在地)")
_PHONE = re.compile(
    r"(?:联系)?(?:电话|手机|TEL|方式)?(?:号码)?"
    r"-?(?<![0-9])(?:1[0-9]{2}-[0-9]{4}-[0-9]{4}|0[0-9]{2,3}-[0-9]{7,8}|[0-9]{7,}X?)(?![0-9])"
)
_BRACKETS = re.compile(r"\(([^()]*)\)")
_PLACE_IN_BRACKETS = re.compile(rf"第?{FIGURE}(?:期|区|号楼|#楼|栋|幢|座|单元|室|号|楼|层|村)|[东西南北中]区")
_STREET = f"大街|大道|胡同|公路|路|街|巷|弄|里|道|条|坊|径|段|组|(?<![新小老0-9{NUMERALS}])村|桥|线|屯|庄"
_DOOR = re.compile(
    rf"(?P<before>.{{1,60}}?(?:{_STREET}))(?P<door>[甲乙丙丁]?{FIGURE}(?:-{FIGURE})?)(?P<mark>号|弄)"
    rf"(?!楼|栋|幢|门|房|别墅)(?:附(?P<sub>{FIGURE})号?|之(?P<of>{FIGURE}))?(?P<yard>大院|院内|院|内)?"
)
_REGIONS = (
    re.compile(r"[^0-9-]{2,7}?(?:省|自治区)"),
    re.compile(r"[^0-9-]{2,7}?(?:市|自治州|地区|盟)(?!场)"),
    re.compile(r"[^0-9-]{1,7}?(?:(?<![小社东西南北中园片新A-Z])区|县|旗)"),
    re.compile(r"[^0-9-]{1,7}?(?:街道办事处|街道办|街道|(?<!城)镇|乡)"),
    re.compile(r"[^0-9-]{1,8}?(?:社区居委会|社区居民委员会|社区|居委会|村委会|村民委员会)"),
)
_SECTION = re.compile(rf"(?:第?{FIGURE}|[东西南北中])(?:期|区|组团)$")


def parse(text: str) -> Address:
    """The parts of an address. Never raises: what cannot be read stays in ``leftovers`` or in the words."""
    normal = normalise(text)
    words, notes = _without_notes(normal)
    door = _DOOR.match(words)
    before = _door_words(door)
    rest = words[door.end() :] if door else words
    place, tokens, leftovers = split_indoors(rest)
    inside = read_indoors(tokens)
    regions, remainder = split_regions(before or place)
    compound = place if door else remainder
    section = _SECTION.search(compound)
    return Address(
        raw=text[:RAW_LONGEST],
        text=normal,
        regions=regions,
        street=remainder if door else "",
        door=_door_number(door),
        compound=compound[: section.start()] if section else compound,
        section=section.group() if section else "",
        building=inside.building,
        mark=inside.mark,
        unit=inside.unit,
        floor=inside.floor,
        room=inside.room,
        before=before,
        place=place,
        notes=notes,
        leftovers=leftovers,
        unclear=tuple(inside.unclear),
    )


def split_regions(words: str) -> tuple[tuple[str, ...], str]:
    """Province, city, county, street office and community at the front of ``words``, by their endings, and the rest."""
    found = []
    for pattern in _REGIONS:
        match = pattern.match(words)
        if match:
            found.append(match.group())
            words = words[match.end() :]
    return tuple(found), words


def _without_notes(text: str) -> tuple[str, tuple[str, ...]]:
    """``text`` without brackets, phones and the label in front; a bracket that holds a part of the address stays."""
    notes: list[str] = []

    def in_brackets(match: re.Match[str]) -> str:
        if _PLACE_IN_BRACKETS.fullmatch(match[1]):
            return match[1]
        notes.append(match[1])
        return ""

    def phone(match: re.Match[str]) -> str:
        notes.append(match.group())
        return ""

    text = _PHONE.sub(phone, _BRACKETS.sub(in_brackets, text))
    return _LABEL.sub("", text.replace("(", "").replace(")", "")), tuple(note for note in notes if note)


def _door_words(door: re.Match[str] | None) -> str:
    return door["before"] if door else ""


def _door_number(door: re.Match[str] | None) -> str:
    if door is None:
        return ""
    parts = [figure_of(part) for part in door["door"].split("-")]
    sub = door["sub"] or door["of"]
    return "-".join([*parts, *([figure_of(sub)] if sub else [])])
