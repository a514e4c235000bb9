"""Which of the known words somebody may mean by what they typed: in characters, in pinyin, by initials, or misspelt."""

from dataclasses import dataclass, field

from django.db import connection

from gridmap.finding.readings import fold_letters

EXACT, PREFIX, WITHIN, ALIKE = range(4)
MOST_WORDS = 400
MOST_ALIKE = 12
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


def called(name: str, *, letters: bool = False) -> Called:
    """Words that hold `name`; with `letters`, words whose pinyin or initials begin with it, at any character."""
    if letters:
        typed = fold_letters(name)
        return _found(IN_LETTERS, {"typed": typed, "begins": f"{typed}%", "most": MOST_WORDS}) if typed else Called()
    upper = name.upper()
    return _found(IN_CHARACTERS, {"upper": upper, "piece": f"%{_escaped(upper)}%", "most": MOST_WORDS})


def alike(name: str) -> Called:
    """Words that sound like `name`, or are spelt nearly like it; for when nothing is called so."""
    with connection.cursor() as cursor:
        cursor.execute(LETTERS_OF, [name])
        row = cursor.fetchone()
    typed = row[0] if row else fold_letters(name)
    if len(typed) < 3:
        return Called()
    sounds = _found(SOUNDS, {"name": name, "most": MOST_ALIKE})
    looks = _found(LOOKS, {"typed": typed, "least": LEAST_ALIKE, "most": MOST_ALIKE})
    return Called(dict.fromkeys([*sounds.ranks, *looks.ranks], ALIKE))


def _found(statement: str, parameters: dict[str, str | int | float]) -> Called:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return Called({text: rank for text, rank, *_more in cursor.fetchall()})


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
