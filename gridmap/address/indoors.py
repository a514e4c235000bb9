"""The inner half of an address: building, unit, floor and room, however they are marked or merely strung together."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gridmap.address.normal import NUMERALS, STEMS, figure_of

FIGURE = (
    rf"(?:[0-9]{{1,5}}[A-Z]?(?![0-9A-Z])|(?<![A-Z])[A-Z][0-9]{{0,4}}(?![0-9A-Z])"
    rf"|[{NUMERALS}]{{1,5}}(?![{NUMERALS}0-9A-Z])|[{STEMS}])"
)
_BUILDING = ("号楼栋", "号别墅", "号楼", "#楼", "楼栋", "栋楼", "幢楼", "栋", "幢", "座", "#", "排")
_UNIT = ("单元门", "单元", "门洞", "号门", "门", "梯")
_ROOM = ("号房", "室", "户", "房")
_MARKS = sorted((*_BUILDING, *_UNIT, *_ROOM, "号", "楼", "层", "F"), key=len, reverse=True)
_NOT_BEFORE = {"房": "东主客", "户": "主口籍在名", "室": "内", "号": "牌码", "楼": "长下道上", "门": "口牌面"}
_MARK = "|".join(re.escape(mark) + (f"(?![{_NOT_BEFORE[mark]}])" if mark in _NOT_BEFORE else "") for mark in _MARKS)
_TOKEN = re.compile(
    rf"(?P<dash>-)?#?第?(?P<fig>{FIGURE})(?P<mark>{_MARK})?"
    rf"|附(?P<sub>{FIGURE})号?"
    r"|(?P<deep>(?:负|地下|B)(?P<depth>[一二三123])(?:楼|层)|地下室|地下)"
    r"|(?P<low>底楼|底层)|(?P<high>阁楼|顶楼|顶层)"
    r"|(?P<side>[东西南北中左右前后](?:边)?(?:户|室|套|间)?(?![一-鿿]))"
)
_ARABIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ#"
_FLOOR_AND_DOOR = re.compile(r"([1-9][0-9]?)([0-9]{2}[A-Z]?)")
_START = re.compile(rf"#?第?{FIGURE}|底[楼层]|地下|负[一二三]|附")


@dataclass(frozen=True, slots=True)
class Token:
    """One figure with its mark; ``kind`` building, unit, floor, room, house (号) or loose; ``joined`` by a dash."""

    kind: str
    text: str
    mark: str = ""
    joined: bool = False


@dataclass
class Indoors:
    building: str = ""
    mark: str = ""
    unit: str = ""
    floor: str = ""
    room: str = ""
    unclear: list[str] = field(default_factory=list)


def split_indoors(text: str) -> tuple[str, list[Token], str]:
    """The words before the numbers of building and dwelling, those numbers, and what is left behind them.

    Of all places where such numbers could begin, the first wins from which they run to the end of the text; else the
    first that has two numbers or one in figures (三门家园3栋501张三 begins at 3)."""
    fallback: tuple[int, list[Token], int] | None = None
    for start in _starts(text):
        tokens, end = _tokens(text, start)
        if not tokens or (len(tokens) == 1 and tokens[0].kind == "loose" and text[start] in NUMERALS + STEMS):
            continue  # 张三 has no room three
        if end == len(text):
            return text[:start], tokens, ""
        telling = len(tokens) > 1 or (text[start] in _ARABIC and tokens[0].kind != "loose")
        if fallback is None and telling and not _is_name(text, start, end):
            fallback = (start, tokens, end)
    if fallback is None:
        return text, [], ""
    start, tokens, end = fallback
    return text[:start], tokens, text[end:]


def _starts(text: str) -> list[int]:
    return [match.start() for match in _START.finditer(text)]


_NAME_FOLLOWS = re.compile(r"[公院馆府邸城苑园村区期街路巷弄里湾广中心大]")


def _is_name(text: str, start: int, end: int) -> bool:
    """Whether what follows makes the numbers a part of a name (8号公馆, 三门家园)."""
    return bool(_NAME_FOLLOWS.match(text, end))


def _tokens(text: str, start: int) -> tuple[list[Token], int]:
    tokens: list[Token] = []
    position = start
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            break
        tokens.append(_token(match))
        position = match.end()
    return tokens, position


def _token(match: re.Match[str]) -> Token:
    if match["fig"]:
        mark = match["mark"] or ""
        return Token(_kind(mark), figure_of(match["fig"]), mark, bool(match["dash"]))
    if match["sub"]:
        return Token("sub", figure_of(match["sub"]))
    if match["deep"]:
        return Token("floor", f"-{figure_of(match['depth'] or '1')}", "层")
    if match["low"]:
        return Token("floor", "1", "层")
    if match["high"]:
        return Token("top", match["high"])
    return Token("room", match["side"][0], "户")


def _kind(mark: str) -> str:
    if mark in _BUILDING:
        return "building"
    if mark in _UNIT:
        return "unit"
    if mark in _ROOM:
        return "room"
    return {"号": "house", "楼": "storey", "层": "floor", "F": "floor"}.get(mark, "loose")


def read_indoors(tokens: list[Token]) -> Indoors:
    """What the numbers mean: marks first, then what is strung together by its place and length (3-2-501)."""
    found = Indoors()
    run: list[str] = []
    for position, token in enumerate(tokens):
        following = tokens[position + 1] if position + 1 < len(tokens) else None
        if token.kind == "loose":
            run.append(token.text)
            if following is not None and following.joined and following.kind in ("loose", "room", "house"):
                continue
            _read_run(found, run, following)
            run = []
        elif run:
            _read_run(found, [*run, token.text], following)
            run = []
        else:
            _read_marked(found, token, following)
    _settle(found)
    return found


def _read_marked(found: Indoors, token: Token, following: Token | None) -> None:
    if token.kind in ("house", "storey"):
        _read_doubtful(found, token, following)
    elif token.kind == "building":
        if found.building:
            found.unclear.append("building")
        else:
            found.building, found.mark = token.text, token.mark
    elif token.kind == "unit":
        found.unit = token.text
    elif token.kind == "floor":
        found.floor = token.text
    elif token.kind == "room":
        found.room = token.text
    elif token.kind == "sub":
        found.room = found.room or f"附{token.text}"


def _read_doubtful(found: Indoors, token: Token, following: Token | None) -> None:
    """号 is a building, behind one a room; 楼 is a floor, but a building where a unit follows or the room lies on
    another floor (3楼2单元501, 3楼502)."""
    inside = found.building or found.unit or found.floor
    if token.kind == "house":
        if inside:
            found.room = found.room or token.text
        else:
            found.building, found.mark = token.text, token.mark
        return
    other_floor = following is not None and floor_of(following.text) not in ("", token.text)
    if not inside and following is not None and (following.kind == "unit" or other_floor):
        found.building, found.mark = token.text, token.mark
    else:
        found.floor = token.text


def _read_run(found: Indoors, run: list[str], following: Token | None) -> None:
    """Numbers without marks, by how many there are and what is known before them."""
    if following is not None and following.kind == "unit" and not found.building:
        found.building = run[0]
        if len(run) > 1:
            found.unclear.append("building")
        return
    if not found.building and not found.unit and not found.floor and (len(run) > 1 or len(run[0]) < 3):
        found.building, run = run[0], run[1:]
    if len(run) > 1 and not found.unit and not found.floor:
        if len(run) == 2 and len(run[1]) < 3:
            found.unclear.append("unit")
            found.room = "-".join(run)
            return
        found.unit, run = run[0], run[1:]
    elif len(run) == 1 and len(run[0]) == 1 and not found.unit and not found.floor:
        found.unit, run = run[0], []
    if run:
        _read_room(found, run)


def _read_room(found: Indoors, run: list[str]) -> None:
    """The last numbers: a room, a floor and a room on it (5-1 is 501, 5-501 is 501), or two rooms (501、502), of which
    the first is kept. More than that, or a room on another floor, may begin with a phase: then nothing is sure."""
    if len(run) == 2 and floor_of(run[0]) and floor_of(run[1]):
        found.unclear.append("room")
        run = run[:1]
    room = run[-1]
    if len(run) == 2:
        found.floor = found.floor or run[0]
        room = room if floor_of(room) == run[0] else f"{run[0]}{room:0>2}" if len(room) < 3 else room
    if len(run) > 2 or (len(run) == 2 and floor_of(room) != run[0]):
        found.unclear.append("building")
    found.room = room


def _settle(found: Indoors) -> None:
    """Floor and room complete each other; a contradiction is noted."""
    if found.floor and found.room.isdigit() and len(found.room) < 3 and not found.floor.startswith("-"):
        found.room = f"{found.floor}{found.room:0>2}"
    on = floor_of(found.room)
    if on and found.floor and found.floor != on and not found.floor.startswith("-"):
        found.unclear.append("floor")
    found.floor = found.floor or on
    found.unit = _unit(found.unit)


def _unit(text: str) -> str:
    """甲单元 and A单元 are the first unit."""
    if len(text) == 1 and text in STEMS:
        return str(STEMS.index(text) + 1)
    if len(text) == 1 and "A" <= text <= "Z":
        return str(ord(text) - ord("A") + 1)
    return text


def floor_of(room: str) -> str:
    """The floor that a room number tells (501: 5, 1203: 12, 501A: 5); "" where it tells none."""
    match = _FLOOR_AND_DOOR.fullmatch(room)
    return match[1] if match else ""
