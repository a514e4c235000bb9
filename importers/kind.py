"""The form of a kind of rows: the table they become, its fields and their casts."""

from __future__ import annotations

from dataclasses import dataclass

from importers.values import Cast


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the table: its cast, its SQL type, and what stands where nothing is said (SQL)."""

    name: str
    cast: Cast
    sql_type: str
    default: str = "NULL"


@dataclass(frozen=True, slots=True)
class Kind:
    """`shape` is "point", "area", "line_or_area" or "any", or "none" for lists of people, which are placed by address
    and keep neither shape nor open values; `layer` is the name of its revision; `tended` tables keep what people edit
    by hand (`importers.by_hand`)."""

    name: str
    table: str
    layer: str
    shape: str
    fields: tuple[Field, ...]
    required: tuple[str, ...] = ()
    tended: bool = False

    def field(self, name: str) -> Field | None:
        return next((field for field in self.fields if field.name == name), None)

    @property
    def personal(self) -> bool:
        """Whether its rows are about people."""
        return self.shape == "none"
