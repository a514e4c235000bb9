"""Finding things by name, code, address, number, pinyin or initials, and places by their coordinates: one list, best
first, things of a kind together. Nothing personal is ever found here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.gis.geos import Point
from django.utils.translation import gettext as _

from gridmap.finding.coordinates import read_coordinates
from gridmap.finding.services import EXACT
from gridmap.finding.understanding import Asked, Meaning, fold, understand
from gridmap.territory.querysets import Viewer
from layers.sought import FINDERS, Found, Question, words_seen_by

__all__ = ["Answer", "Found", "fold", "search"]

MOST_ROWS = 20
#: Of each kind so many rows stand in a list of several kinds, before those left over fill it.
MOST_FIRST = 6
#: Of what a misspelt name was taken for so many words are told.
MOST_TOLD = 3


@dataclass(frozen=True)
class Answer:
    """Rows, best first, things of a kind together; `tried` says in words what was looked for where little was found."""

    rows: list[Found] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)


def search(text: str, user: Viewer, near: Point | None = None) -> Answer:
    """At most MOST_ROWS things that the viewer may see and that `text` may mean; of equals those near `near` first."""
    spot = read_coordinates(fold(text))
    if spot is not None:
        name = f"{spot.lat:.6f}, {spot.lon:.6f}"
        there = Found(0, "point", f"{spot.lon:.6f},{spot.lat:.6f}", name, _("Coordinates"), spot.lon, spot.lat)
        return Answer([there])
    question = Question(understand(text), user, near, words_seen_by(user))
    tried = _tried(question.asked)
    rows = _rows(question)
    if rows:
        return Answer(_ordered(rows))
    if not question.asked.text:
        return Answer()
    known = [meaning for meaning in question.asked.meanings if not question.knows_nothing(meaning)]
    guessed = {} if known else _guess(question)
    if known:  # the place is there, the number is not: whoever misread it sees the place
        question.asked = replace(
            question.asked, meanings=tuple(Meaning(one.names, letters=one.letters) for one in known)
        )
    rows = _ordered(_rows(question)) if guessed or known else []
    return Answer(rows, [*_taken_for(guessed, rows), *tried])


def _rows(question: Question) -> list[Found]:
    """What the likeliest meaning finds, with those that say the same in other figures; else what the next one finds."""
    found: dict[tuple[str, str], Found] = {}
    whole = Meaning((question.asked.text,))
    if question.asked.text and EXACT in question.called(question.asked.text, whole).ranks.values():
        _take(found, question, whole, ahead=1)  # a name may hold a number: 3号楼自行车棚
    meanings = tuple(one for one in question.asked.meanings if one != whole or not found)
    meanings = meanings or ((Meaning(),) if question.asked.code else ())
    likeliest: Meaning | None = None
    for meaning in meanings:
        if likeliest is not None and found and likeliest.names != meaning.names:
            break
        _take(found, question, meaning)
        likeliest = meaning
    return list(found.values())


def _take(found: dict[tuple[str, str], Found], question: Question, meaning: Meaning, *, ahead: int = 0) -> None:
    """Add what a meaning finds, so many ranks ahead; of a thing found twice the better row."""
    for finder in FINDERS.values():
        for row in finder(question, meaning):
            key, rank = (row.type, row.id), row.rank - ahead
            if key not in found or rank < found[key].rank:
                found[key] = replace(row, rank=rank)


def _ordered(rows: Sequence[Found]) -> list[Found]:
    """Kinds by their best row; within a kind by rank, distance, length of the title."""
    kinds = {kind: place for place, kind in enumerate(FINDERS)}
    groups: defaultdict[str, list[Found]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.rank, row.away_m, len(row.title), row.title, row.id)):
        groups[row.type].append(row)
    order = sorted(groups, key=lambda kind: (groups[kind][0].rank, kinds.get(kind, len(kinds))))
    room = MOST_ROWS - sum(min(len(group), MOST_FIRST) for group in groups.values())
    chosen = []
    for kind in order:
        more = max(0, min(len(groups[kind]) - MOST_FIRST, room))
        room -= more
        chosen += groups[kind][: MOST_FIRST + more]
    return chosen[:MOST_ROWS]


def _guess(question: Question) -> dict[str, list[str]]:
    """Has names that nothing is called by mean those that sound or look like them; what is taken for what."""
    taken: dict[str, list[str]] = {}
    for meaning in question.asked.meanings:
        for name in meaning.names:
            if not question.called(name, meaning).ranks and (words := question.guess(name, meaning)):
                taken[name] = words
    return taken


def _taken_for(guessed: Mapping[str, Sequence[str]], rows: Sequence[Found]) -> list[str]:
    """What names were taken for, in words: only what one of the rows is called by is told."""
    borne = {word for row in rows for word in row.bears}
    meant = {typed: [word for word in words if word in borne][:MOST_TOLD] for typed, words in guessed.items()}
    return [
        _("“%(typed)s” taken for %(meant)s") % {"typed": typed, "meant": "、".join(words)}
        for typed, words in meant.items()
        if words
    ]


def _tried(asked: Asked) -> list[str]:
    """What was looked for, in words."""
    told = []
    for meaning in asked.meanings:
        names = " · ".join(meaning.names)
        if meaning.letters:
            told.append(_("pinyin or initials %(letters)s") % {"letters": names})
        elif names:
            told.append(_("a name with %(name)s") % {"name": names})
        if meaning.door:
            told.append(_("door number %(door)s") % {"door": meaning.door})
        if meaning.number:
            told.append(_("building number %(number)s") % {"number": meaning.number})
        if meaning.tail:
            told.append(_("a grid that ends in %(tail)s") % {"tail": meaning.tail})
    if asked.code:
        told.append(_("a code that begins with %(code)s") % {"code": asked.code})
    return list(dict.fromkeys(told))


def as_json(answer: Answer) -> dict[str, Any]:
    """The answer as the API gives it."""
    return {"rows": [row.as_json() for row in answer.rows], "tried": answer.tried}
