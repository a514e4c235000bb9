"""What the search finds, kind by kind. A kind is a function from a question to rows; a room above adds its own with
`register_finder`."""

from layers.sought.finders import FINDERS, register_finder
from layers.sought.found import Found, Question
from layers.sought.seen import words_seen_by

__all__ = ["FINDERS", "Found", "Question", "register_finder", "words_seen_by"]
