"""Names that are nearly the same: one character apart, or sharing many pairs of characters."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable

COMMON = 500
SHORTEST = 3  # of two characters, one wrong leaves nothing to go by


class Neighbourhood:
    """Finds names one edit away (a character replaced, left out, added, or two swapped) without comparing with all:
    two such names share a form with one character left out (Garbe's symmetric deletion)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._forms: dict[str, set[str]] = {}
        self._pairs: dict[str, list[str]] = {}
        self._sizes: dict[str, int] = {}
        for name in sorted(set(names)):
            pairs = _pairs(name)
            self._sizes[name] = len(pairs)
            for pair in pairs:
                self._pairs.setdefault(pair, []).append(name)
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
        """Names that share the most pairs of characters with ``text``, best first, with Dice's coefficient. Pairs that
        very many names have (花园) are left aside where rarer ones are shared."""
        own = _pairs(text)
        known = sorted((self._pairs[pair] for pair in own if pair in self._pairs), key=len)
        shared: Counter[str] = Counter()
        for names in known:
            if shared and len(names) > COMMON:
                break
            shared.update(names)
        likeness = ((2 * count / (len(own) + self._sizes[name]), name) for name, count in shared.items())
        best = heapq.nsmallest(limit, likeness, key=lambda item: (-item[0], item[1]))
        return [(name, value) for value, name in best]


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
