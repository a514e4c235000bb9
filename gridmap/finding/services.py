"""Which of the known words somebody may mean by what they typed: in characters, in pinyin, by initials, or misspelt."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection
from django.db.models import QuerySet

from gridmap.finding.models import Word
from gridmap.finding.readings import fold_letters

EXACT, PREFIX, WITHIN, ALIKE = range(4)
MOST_WORDS = 400
MOST_ALIKE = 12
#: So many words are looked through, some at a time, for those that the viewer may know of.
MOST_COMPARED, CHUNK_WORDS = 2_000, 200
#: How much of its trigrams a misspelt name shares with the right one.
LEAST_ALIKE = 0.35

IN_CHARACTERS = """
SELECT text, CASE WHEN upper(text) = %(upper)s THEN 0 WHEN starts_with(upper(text), %(upper)s) THEN 1 ELSE 2 END AS rank
FROM finding_word WHERE upper(text) LIKE %(piece)s ORDER BY rank, length(text), text LIMIT %(most)s
"""
#: Letters from the first character on: all of them, or a beginning; then from a later character on. Initials likewise,
#: after the letters that say more.
IN_LETTERS = """
SELECT w.text, min(CASE WHEN s.place = 0 AND s.letters = %(typed)s THEN 0
                        WHEN s.place = 0 AND (s.initials = %(typed)s OR s.letters LIKE %(begins)s) THEN 1 ELSE 2 END)
       AS rank, min(length(w.text)) AS length
FROM finding_spelling s JOIN finding_word w ON w.id = s.word_id
WHERE s.letters LIKE %(begins)s OR s.initials LIKE %(begins)s
GROUP BY w.text ORDER BY rank, length, w.text LIMIT %(most)s
"""
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

    `among` are the words that may be known to whoever asks. Where there are more than MOST_WORDS, only they are kept;
    where there are fewer none is lost, and what may be seen is decided by the rows that bear them.
    """
    if letters:
        typed = fold_letters(name)
        statement, asked = IN_LETTERS, {"typed": typed, "begins": f"{typed}%"}
    else:
        typed = name.upper()
        statement, asked = IN_CHARACTERS, {"upper": typed, "piece": f"%{_escaped(typed)}%"}
    if not typed:
        return Called()
    ranks = _found(statement, {**asked, "most": MOST_COMPARED})
    kept = list(ranks)[:MOST_WORDS]
    if among is not None and len(ranks) > MOST_WORDS:
        kept = _known(list(ranks), among, MOST_WORDS)
    return Called({text: ranks[text] for text in kept})


def _known(texts: Sequence[str], among: "QuerySet[Word]", most: int) -> list[str]:
    """The first `most` of the words that are `among` others, which is asked of no more words than it takes."""
    kept: list[str] = []
    for start in range(0, len(texts), CHUNK_WORDS):
        some = texts[start : start + CHUNK_WORDS]
        known = set(among.filter(text__in=some).values_list("text", flat=True))
        kept += [text for text in some if text in known]
        if len(kept) >= most:
            break
    return kept[:most]


def _found(statement: str, parameters: dict[str, str | int | float]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return {text: rank for text, rank, *_more in cursor.fetchall()}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def alike(name: str, *, among: "QuerySet[Word] | None" = None) -> Called:
    """Words of `among` that sound like `name`, or are spelt nearly like it; for when nothing is called so."""
    with connection.cursor() as cursor:
        cursor.execute(LETTERS_OF, [name])
        row = cursor.fetchone()
    typed = row[0] if row else fold_letters(name)
    if len(typed) < 3:
        return Called()
    sounds = _found(SOUNDS, {"name": name, "most": MOST_COMPARED})
    looks = _found(LOOKS, {"typed": typed, "least": LEAST_ALIKE, "most": MOST_COMPARED})
    found = list(dict.fromkeys([*sounds, *looks]))
    return Called(dict.fromkeys(_known(found, among, MOST_ALIKE) if among is not None else found[:MOST_ALIKE], ALIKE))


@lru_cache(maxsize=16)
def spelt(labels: tuple[str, ...]) -> Mapping[str, list[tuple[str, str]]]:
    """Label → its letters and initials, each way to read it; kept, for characters are read the same for ever."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(SPELT, [list(labels)])
        for label, letters, initials in cursor.fetchall():
            found[label].append((letters, initials))
    return dict(found)
