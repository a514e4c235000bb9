"""Cutting a run of words into names that are known: regions, streets, estates. What no name covers is unknown."""

from __future__ import annotations

from dataclasses import dataclass

_UNKNOWN, _UNKNOWN_START = 1.0, 0.5
_COST = {"exact": 0.01, "full": 0.01, "alias": 0.02, "word": 0.05, "phase": 0.1, "bare": 0.3, "core": 0.35}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name may stand for: ``kind`` region (``value`` its code prefix), estate (its index) or street (its key);
    ``quality`` how the name relates to the full one: exact, full, alias, word, phase, bare, core."""

    kind: str
    value: str | int
    quality: str


@dataclass(frozen=True, slots=True)
class Segment:
    """``text`` from ``start`` on; no meanings where it is unknown."""

    start: int
    text: str
    meanings: tuple[Meaning, ...]

    def has(self, kind: str) -> bool:
        return any(meaning.kind == kind for meaning in self.meanings)


class Names:
    """Every known name with its meanings."""

    def __init__(self) -> None:
        self._meanings: dict[str, list[Meaning]] = {}
        self._longest = 0

    def add(self, key: str, meaning: Meaning) -> None:
        if not key:
            return
        known = self._meanings.setdefault(key, [])
        if all((other.kind, other.value) != (meaning.kind, meaning.value) for other in known):
            known.append(meaning)
        self._longest = max(self._longest, len(key))

    def of(self, key: str) -> list[Meaning]:
        return self._meanings.get(key, [])

    @property
    def longest(self) -> int:
        return self._longest


def cut(text: str, names: Names) -> tuple[Segment, ...]:
    """The cheapest way to cover ``text``: unknown characters cost most, full names least, and a bare core (银杏 for
    银杏家园) counts only at the end, where no other word for its kind can follow."""
    best: list[tuple[float, int, bool]] = [(0.0, 0, False)]
    for end in range(1, len(text) + 1):
        cost, _, unknown = best[end - 1]
        choice = (cost + _UNKNOWN + (0.0 if unknown else _UNKNOWN_START), end - 1, True)
        for start in range(max(0, end - names.longest), end):
            price = _price(names.of(text[start:end]), last=end == len(text))
            if price is not None and best[start][0] + price < choice[0]:
                choice = (best[start][0] + price, start, False)
        best.append(choice)
    return _walk_back(text, best, names)


def _price(meanings: list[Meaning], *, last: bool) -> float | None:
    usable = [_COST[meaning.quality] for meaning in meanings if last or meaning.quality != "core"]
    return min(usable) if usable else None


def _walk_back(text: str, best: list[tuple[float, int, bool]], names: Names) -> tuple[Segment, ...]:
    found: list[Segment] = []
    end = len(text)
    while end:
        _, start, unknown = best[end]
        while unknown and start and best[start][2]:
            start = best[start][1]
        word = text[start:end]
        meanings = () if unknown else tuple(names.of(word))
        found.append(Segment(start, word, _usable(meanings, last=end == len(text))))
        end = start
    return tuple(reversed(found))


def _usable(meanings: tuple[Meaning, ...], *, last: bool) -> tuple[Meaning, ...]:
    return tuple(meaning for meaning in meanings if last or meaning.quality != "core")
