"""What the search finds, kind by kind. A kind is a function from a question to rows, named in `FINDERS`."""

from layers.sought.finders import FINDERS
from layers.sought.found import Found, Question
from layers.sought.seen import words_seen_by

__all__ = ["FINDERS", "Found", "Question", "words_seen_by"]
