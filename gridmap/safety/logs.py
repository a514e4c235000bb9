"""Log lines that give nobody away and that nobody can forge (OWASP ASVS 5.0.0: 14.2.1, 16.2.2, 16.2.5, 16.4.1).

One record is one line plus the places of its fault. Control characters are written as escapes, query strings are cut,
figures that look like an identity or a telephone number are masked. Of an error only its type and places are told:
its message quotes the value that broke things, which may be a name. `DEBUG` tells all, for developers.
"""

import logging
import re
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from types import TracebackType

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError

#: Errors whose messages speak of the machine or the code, never of a row.
TELLING = (OperationalError, OSError, ImportError, ImproperlyConfigured, AttributeError, NameError, MemoryError)
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
QUERY = re.compile(r"(?<=[\w/.-])\?[\w%.+~:@!$'()*,;-]*=[^\s\"'<>]*")
IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:18|19|20)\d{2}(?:0\d|1[0-2])(?:[0-2]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])"
)
TELEPHONE = re.compile(r"(?<![0-9A-Za-z.])1[3-9]\d{9}(?![0-9A-Za-z])")
LONGEST_LINE = 4000

Fault = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def clean(text: str) -> str:
    """The text as one line, without query strings and without figures of a person; at most 4000 characters."""
    text = QUERY.sub("?…", text)
    text = TELEPHONE.sub("[telephone]", IDENTITY.sub("[identity]", text))
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)[:LONGEST_LINE]


class CleanLine(logging.Formatter):
    """`2026-11-22T03:04:05.678Z WARNING gridmap.jobs message`, then one indented line per place of a fault."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  (its name there)
        """The instant in UTC with milliseconds."""
        instant = datetime.fromtimestamp(record.created, UTC)
        return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        """The line, cleaned as a whole: the name of a logger or a level is nobody's, the message may be anybody's."""
        return clean(super().formatMessage(record))

    def formatException(self, ei: Fault) -> str:  # noqa: N802
        """Type and places; the message only where it cannot quote data, or for developers."""
        if settings.DEBUG:
            return super().formatException(ei)
        return "\n".join(f"    {line}" for line in _told(ei[1]))

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        """The stack, line by line."""
        return "\n".join(f"    {clean(line)}" for line in stack_info.splitlines())


def _told(fault: BaseException | None) -> Iterator[str]:
    """Lines about a fault and those that it came from, outermost last."""
    if fault is None:
        return
    cause = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    yield from _told(cause)
    for frame in traceback.extract_tb(fault.__traceback__):
        yield clean(f"{frame.filename}:{frame.lineno} in {frame.name}")
    yield clean(f"{type(fault).__module__}.{type(fault).__qualname__}{_reason(fault)}")


def _reason(fault: BaseException) -> str:
    if isinstance(fault, TELLING):
        return f": {fault}"
    if isinstance(fault, DatabaseError) or hasattr(fault, "sqlstate"):
        return _where(fault)
    return ""


def _where(fault: BaseException) -> str:
    """SQLSTATE and what the rule or table that refused is called; never the row, which PostgreSQL quotes."""
    said = getattr(fault, "diag", None) or getattr(fault.__cause__, "diag", None)
    parts = [getattr(said, name, None) for name in ("sqlstate", "table_name", "column_name", "constraint_name")]
    return f" ({' '.join(part for part in parts if part)})" if any(parts) else ""
