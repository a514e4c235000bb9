"""Pages of a list in door order that cost the same at the end as at the beginning: each begins behind a known row."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Q

from gridmap.population.models.placed import Located
from gridmap.population.querysets import PlacedQuerySet

Row = TypeVar("Row", bound=Located)

PER_PAGE = 50
#: Counting stops here: nobody pages through more, and counting a million rows takes longer than showing fifty.
MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows, and the keys behind which the next and before which the former page lies."""

    rows: list[Row]
    after: UUID | None
    before: UUID | None
    count: int

    @property
    def more_than_counted(self) -> bool:
        """Whether there are more rows than were counted."""
        return self.count > MOST_COUNTED


def page_of(rows: "PlacedQuerySet[Row]", *, after: str = "", before: str = "") -> Page[Row]:
    """The page behind the row `after`, or before the row `before`; the first one where neither is a row of the list."""
    count = rows.order_by()[: MOST_COUNTED + 1].count()
    backwards = bool(before)
    edge = _edge(rows, before or after)
    if edge is not None:
        rows = rows.filter(_beyond(edge, backwards=backwards))
    order = ("area", "door_order", "pk")
    ordered = rows.order_by(*(f"-{name}" for name in order)) if edge and backwards else rows.order_by(*order)
    found = first_of(ordered, PER_PAGE + 1)
    further, found = len(found) > PER_PAGE, found[:PER_PAGE]
    if edge and backwards:
        found.reverse()
        return Page(found, found[-1].pk if found else None, found[0].pk if further else None, count)
    return Page(found, found[-1].pk if further else None, found[0].pk if edge is not None and found else None, count)


def first_of(ordered: "PlacedQuerySet[Row]", most: int) -> list[Row]:
    """The first rows of an ordered list: their keys in the order of the index, then the rows and what hangs on them.

    In one statement the database, which cannot guess how many rows a right lets through, joins everything before it
    sorts: 450 ms instead of 12 ms over 20 000 rows.
    """
    keys = list(ordered.values_list("pk", flat=True)[:most])
    found = {row.pk: row for row in ordered.order_by().filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def _edge(rows: "PlacedQuerySet[Row]", key: str) -> tuple[str, str, UUID] | None:
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    return rows.order_by().filter(pk=wanted).values_list("area", "door_order", "pk").first()


def _beyond(edge: tuple[str, str, UUID], *, backwards: bool) -> Q:
    area, door_order, key = edge
    way = "lt" if backwards else "gt"
    return Q(**{f"area__{way}e": area}) & (
        Q(**{f"area__{way}": area})
        | Q(area=area, **{f"door_order__{way}": door_order})
        | Q(area=area, door_order=door_order, **{f"pk__{way}": key})
    )
