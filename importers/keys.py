"""Where the number in the source is not unique: the column, or the pair of columns, that is."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from importers.check import JOINER, KEY_CHARACTERS
from importers.records import Record, Value

MOST_ROWS = 300_000
MOST_COLUMNS = 40
#: Fields whose columns help to tell rows apart, best first; figures never do.
NAMING = ("source_ref", "code", "number", "name", "address", "place", "street")


class Column:
    """The values of one column as hashes, and whether they may serve to number rows."""

    def __init__(self) -> None:
        self.hashes = array("q")
        self.fits = True
        self._first: Value = None
        self._counts_up = True

    def add(self, value: Value) -> None:
        """One more row. Missing values, fractions and long text number nothing; nor does a mere count of the rows."""
        if value is None or isinstance(value, bool) or len(str(value)) > KEY_CHARACTERS:
            self.fits = False
        if isinstance(value, float) and not value.is_integer():
            self.fits = False
        if not self.hashes:
            self._first = value
        at = len(self.hashes)
        counted = isinstance(value, int) and isinstance(self._first, int) and value == self._first + at
        self._counts_up = self._counts_up and counted
        self.hashes.append(hash(str(value)))

    @property
    def serves(self) -> bool:
        return self.fits and not self._counts_up


def unique_columns(records: Iterable[Record], mapping: Mapping[str, str]) -> str:
    """A column, or two joined by "+", that no two of the records share; "" where there is none.

    The columns of the present number come first, then those that name things, then the others; columns of figures
    (households, floors …) are left out. Files of more than 300 000 rows are not looked through.
    """
    columns: dict[str, Column] = {}
    rows = 0
    for rows, record in enumerate(records, start=1):
        if rows == 1:
            columns = {name: Column() for name in list(record.fields)[:MOST_COLUMNS]}
        if rows > MOST_ROWS or any(name not in record.fields for name in columns):
            return ""
        for name, column in columns.items():
            column.add(record.fields[name])
    usable = {name: np.frombuffer(column.hashes, dtype=np.int64) for name, column in columns.items() if column.serves}
    return _first_unique(_ranked(list(usable), mapping), usable, rows)


def _ranked(names: Sequence[str], mapping: Mapping[str, str]) -> list[str]:
    figures = {column for target, column in mapping.items() if target not in NAMING}
    best = [column for target in NAMING for column in mapping.get(target, "").split(JOINER)]
    kept = [name for name in names if name not in figures and JOINER not in name]
    return sorted(kept, key=lambda name: best.index(name) if name in best else len(best))


def _first_unique(names: Sequence[str], hashes: Mapping[str, NDArray[np.int64]], rows: int) -> str:
    for name in names:
        if len(np.unique(hashes[name])) == rows:
            return name
    for one, other in combinations(names, 2):
        with np.errstate(over="ignore"):
            joined = hashes[one] * np.int64(1_000_003) + hashes[other]
        if len(np.unique(joined)) == rows:
            return f"{one}{JOINER}{other}"
    return ""
