"""Names that are nearly the same: one character apart, or sharing many pairs of characters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

SHORTEST = 3  # of two characters, one wrong leaves nothing to go by


class Neighbourhood:
    """Finds names one edit away (a character replaced, left out, added, or two swapped) without comparing with all:
    two such names share a form with one character left out (Garbe's symmetric deletion)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._forms: dict[str, set[str]] = {}
        self._pairs: dict[str, set[str]] = {}
        for name in set(names):
            for pair in _pairs(name):
                self._pairs.setdefault(pair, set()).add(name)
            if len(name) >= SHORTEST:
                for form in _forms(name):
                    self._forms.setdefault(form, set()).add(name)

    def one_apart(self, text: str) -> list[str]:
        """Names that differ from ``text`` by one edit and have the same figures, in alphabetical order."""
        if len(text) < SHORTEST:
            return []
        found = {name for form in _forms(text) for name in self._forms.get(form, ())}
        return sorted(name for name in found if _figures(name) == _figures(text) and is_one_apart(name, text))

    def nearest(self, text: str, limit: int = 5) -> list[tuple[str, float]]:
        """Names that share the most pairs of characters with ``text``, best first, with Dice's coefficient."""
        own = _pairs(text)
        shared = Counter(name for pair in own for name in self._pairs.get(pair, ()))
        likeness = [(name, 2 * count / (len(own) + len(_pairs(name)))) for name, count in shared.items()]
        return sorted(likeness, key=lambda item: (-item[1], item[0]))[:limit]


def is_one_apart(one: str, other: str) -> bool:
    """One character replaced, left out or added, or two neighbours swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = 0
    while at < min(len(one), len(other)) and one[at] == other[at]:
        at += 1
    a, b = one[at:], other[at:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
    return a[1:] == b or a == b[1:]


def _forms(name: str) -> set[str]:
    return {name, *(name[:i] + name[i + 1 :] for i in range(len(name)))}


def _pairs(name: str) -> set[str]:
    framed = f"^{name}$"
    return {framed[i : i + 2] for i in range(len(framed) - 1)}


def _figures(name: str) -> list[str]:
    return [c for c in name if c.isdigit()]
