"""What somebody means who types a few words into the search: codes, names, doors, numbers of buildings, letters."""

import re
import unicodedata
from dataclasses import dataclass, replace

from gridmap.address.normal import figure_of
from gridmap.address.parse import parse, split_regions
from gridmap.finding.readings import fold_letters

LONGEST_QUERY = 100
MOST_NAMES = 4
#: Numbers of regions, grids, components (16 to 18 digits), and the last three digits of a grid.
CODE = re.compile(r"[0-9]{2,20}")
_TAIL = re.compile(r"(?P<name>.*[^0-9\s-])[\s-]*(?P<tail>[0-9]{3})")
_LATIN_QUERY = re.compile(r"[A-Za-zÜü'’]+(?:[ -]*[A-Za-zÜü'’]+)*[ -]*(?P<figures>[0-9]*(?:[ -]+[0-9]+)*)")
_HAN = re.compile(r"[㐀-鿿]")


@dataclass(frozen=True)
class Meaning:
    """One way to take the words: things called by all `names`; `door` is a number on a street, `number` a building's,
    `unit` and `room` what lies inside it. `letters`: the names are typed in pinyin."""

    names: tuple[str, ...] = ()
    door: str = ""
    number: str = ""
    unit: str = ""
    room: str = ""
    tail: str = ""
    letters: bool = False

    @property
    def has_figures(self) -> bool:
        """Whether only something numbered is meant."""
        return bool(self.door or self.number or self.tail)


@dataclass(frozen=True)
class Asked:
    """A question to the search: its text, a code where it is one, and its meanings, likeliest first."""

    text: str
    code: str
    meanings: tuple[Meaning, ...]


def fold(text: str) -> str:
    """As people mean it: full-width digits and letters become plain ones, blanks single, control characters go."""
    plain = unicodedata.normalize("NFKC", text)
    printable = "".join(" " if one.isspace() else one for one in plain if one.isspace() or one.isprintable())
    return " ".join(printable.split())[:LONGEST_QUERY]


def understand(text: str) -> Asked:
    """The meanings of folded `text`; none where there is nothing in it to look for."""
    text = fold(text)
    digits = text.replace(" ", "")
    code = digits if CODE.fullmatch(digits) else ""
    latin = _LATIN_QUERY.fullmatch(text)
    found = _in_letters(text, latin["figures"]) if latin else _in_characters(text)
    return Asked(text, code, tuple(dict.fromkeys(one for one in found if one.names or one.has_figures)))


def _in_letters(text: str, figures: str) -> list[Meaning]:
    """`heping lu 12 3`, `hpl12`, `ampgy 3`: a first figure is a door on a street or a building of a compound."""
    words = text[: len(text) - len(figures)]
    name = fold_letters(words)
    if not name:
        return []
    numbers = [figure_of(one) for one in re.findall(r"[0-9]+", figures)]
    whole = Meaning((name,), letters=True)
    if not numbers:
        apart = tuple(filter(None, (fold_letters(one) for one in words.split())))[:MOST_NAMES]
        return [whole, Meaning((text.replace(" ", ""),)), *([replace(whole, names=apart)] if len(apart) > 1 else [])]
    found = [replace(whole, number=numbers[0], unit=numbers[1] if len(numbers) > 1 else "")]
    found.append(replace(whole, door=numbers[0], number=numbers[1] if len(numbers) > 1 else ""))
    if len(figures) == 3 and len(numbers) == 1:
        found.append(replace(whole, tail=figures))
    return found


def _in_characters(text: str) -> list[Meaning]:
    address = parse(text)
    name = address.before if address.door else address.place
    whole = Meaning(_named(name, address.place if address.door else ""), door=address.door)
    whole = replace(whole, number=address.building, unit=address.unit, room=address.room)
    found = [whole]
    if address.building and not (address.mark or address.unit or address.room or address.door):
        found.append(replace(whole, door=address.building, number=""))
    regions, rest = split_regions(name)
    if regions:
        found.append(replace(whole, names=_named(*regions, rest, address.place if address.door else "")))
    if (tail := _TAIL.fullmatch(text)) is not None:
        found.insert(0, Meaning(_named(tail["name"]), tail=tail["tail"]))
    found += _room_is_a_number(whole)
    if " " in text:
        found += _apart(text)
    return [*found, Meaning(_named(text) if _HAN.search(text) else (text,) if text else ())]


def _room_is_a_number(whole: Meaning) -> list[Meaning]:
    """爱民佳苑 3: a figure alone behind a name may number a building, or a door of the street."""
    if whole.number or whole.door or not whole.room:
        return []
    return [replace(whole, number=whole.room, room=""), replace(whole, door=whole.room, room="")]


def _apart(text: str) -> list[Meaning]:
    """Words that blanks keep apart, each a name of its own; a last one of figures is a number or a door."""
    words = text.split()
    last = parse(words[-1])
    names = tuple(words if not last.building and not re.search("[0-9]", words[-1]) else words[:-1])[:MOST_NAMES]
    if not names or any(re.search("[0-9]", name) for name in names):
        return []
    if len(names) == len(words):
        return [Meaning(names)]
    figure = last.building or last.room
    return [Meaning(names, number=figure, unit=last.unit), Meaning(names, door=figure)] if figure else []


def _named(*names: str) -> tuple[str, ...]:
    return tuple(name for one in names if (name := one.replace(" ", "").strip("-")))[:MOST_NAMES]
