"""Which of the known words somebody may mean by what they typed: in characters, in pinyin, by initials, or misspelt."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Case, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Length

from gridmap.finding.models import Spelling, Word
from gridmap.finding.readings import fold_letters

EXACT, PREFIX, WITHIN, ALIKE = range(4)
MOST_WORDS = 400
MOST_ALIKE = 12
#: Of so many words that sound or look alike those are kept that the viewer may know of.
MOST_COMPARED = 2_000
#: How much of its trigrams a misspelt name shares with the right one.
LEAST_ALIKE = 0.35

#: The same sounds in other characters (和苹路), or letters with one or two wrong (hepign lu).
SOUNDS = """
SELECT DISTINCT w.text, 1 AS likeness FROM finding_spell(%(name)s) typed
JOIN finding_spelling s ON s.place = 0 AND s.letters = typed.letters JOIN finding_word w ON w.id = s.word_id
WHERE typed.place = 0 LIMIT %(most)s
"""
LOOKS = """
SELECT w.text, max(similarity(s.letters, %(typed)s)) AS likeness
FROM finding_spelling s JOIN finding_word w ON w.id = s.word_id
WHERE s.place = 0 AND s.letters %% %(typed)s
GROUP BY w.text HAVING max(similarity(s.letters, %(typed)s)) >= %(least)s
ORDER BY likeness DESC, length(w.text), w.text LIMIT %(most)s
"""
LETTERS_OF = "SELECT letters FROM finding_spell(%s) WHERE place = 0 LIMIT 1"
SPELT = """
SELECT label, s.letters, s.initials FROM unnest(%s::text[]) label, finding_spell(label) s WHERE s.place = 0
"""


@dataclass(frozen=True)
class Called:
    """Known words that a typed name may mean, by how well they fit (EXACT … ALIKE)."""

    ranks: dict[str, int] = field(default_factory=dict)

    def best(self) -> list[str]:
        """Those that are exactly what was typed."""
        return [text for text, rank in self.ranks.items() if rank == EXACT]

    def texts(self) -> list[str]:
        """All of them, best first."""
        return list(self.ranks)


def called(name: str, *, letters: bool = False, among: "QuerySet[Word] | None" = None) -> Called:
    """Words that hold `name`; with `letters`, words whose pinyin or initials begin with it, at any character.

    `among` are the words that may be known to whoever asks: only they count towards the MOST_WORDS that are kept.
    """
    words = Word.objects.all() if among is None else among
    if letters:
        typed = fold_letters(name)
        return _ranked(_in_letters(words, typed)) if typed else Called()
    exact, begins = When(text__iexact=name, then=EXACT), When(text__istartswith=name, then=PREFIX)
    rank = Case(exact, begins, default=WITHIN, output_field=IntegerField())
    return _ranked(words.filter(text__icontains=name).annotate(rank=rank))


def _in_letters(words: "QuerySet[Word]", typed: str) -> "QuerySet[Word]":
    """Letters from the first character on: all of them, or a beginning; then from a later character on. Initials
    likewise, after the letters that say more."""
    spelt = Spelling.objects.filter(Q(letters__startswith=typed) | Q(initials__startswith=typed))
    first = Q(place=0)
    rank = Case(
        When(first & Q(letters=typed), then=EXACT),
        When(first & (Q(initials=typed) | Q(letters__startswith=typed)), then=PREFIX),
        default=WITHIN,
        output_field=IntegerField(),
    )
    best = spelt.filter(word=OuterRef("pk")).order_by().values("word").annotate(best=Min(rank)).values("best")
    return words.filter(pk__in=spelt.values("word")).annotate(rank=Subquery(best))


def _ranked(words: "QuerySet[Any]") -> Called:
    return Called(dict(words.order_by("rank", Length("text"), "text").values_list("text", "rank")[:MOST_WORDS]))


def alike(name: str, *, among: "QuerySet[Word] | None" = None) -> Called:
    """Words of `among` that sound like `name`, or are spelt nearly like it; for when nothing is called so."""
    with connection.cursor() as cursor:
        cursor.execute(LETTERS_OF, [name])
        row = cursor.fetchone()
        typed = row[0] if row else fold_letters(name)
        if len(typed) < 3:
            return Called()
        cursor.execute(SOUNDS, {"name": name, "most": MOST_COMPARED})
        found = dict.fromkeys(text for text, _likeness in cursor.fetchall())
        cursor.execute(LOOKS, {"typed": typed, "least": LEAST_ALIKE, "most": MOST_COMPARED})
        found |= dict.fromkeys(text for text, _likeness in cursor.fetchall())
    known = found if among is None else set(among.filter(text__in=found).values_list("text", flat=True))
    return Called(dict.fromkeys([text for text in found if text in known][:MOST_ALIKE], ALIKE))


@lru_cache(maxsize=16)
def spelt(labels: tuple[str, ...]) -> Mapping[str, list[tuple[str, str]]]:
    """Label → its letters and initials, each way to read it; kept, for characters are read the same for ever."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(SPELT, [list(labels)])
        for label, letters, initials in cursor.fetchall():
            found[label].append((letters, initials))
    return dict(found)
