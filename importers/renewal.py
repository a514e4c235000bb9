"""Regions of another source known by their name, so that a newer file renews their boundaries."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection

from gridmap.territory.codes import DIGITS, Level, level_of
from gridmap.territory.models import Region
from importers.models import ImportRun
from importers.numbering import Row


class Named:
    """The regions with a boundary in force below the chosen parent (else in the area of the import), by name.

    Those whose codes are `given` in the file are left out. A name that several of them bear decides only together
    with the street. Each region is taken once.
    """

    def __init__(self, run: ImportRun, given: Collection[str]) -> None:
        parent = str(run.options.get("parent") or "")
        below = parent[: DIGITS[level_of(parent)]] if parent else ""
        regions = Region.objects.filter(code__startswith=run.area, editions__valid__upper_inf=True)
        regions = regions.filter(code__startswith=below).exclude(source=run.source).exclude(code__in=given)
        self._found: dict[tuple[int, str], list[Region]] = defaultdict(list)
        for region in regions.select_related("parent").distinct():
            self._found[region.level, _plain(region.name)].append(region)
        self._taken: set[int] = set()

    def take(self, row: Row) -> Region | None:
        """The one region that the row names and no row before it; None where there is none, or more than one."""
        level = int(row.fields.get("level") or Level.COMMUNITY)
        named = [
            region
            for region in self._found.get((level, _plain(row.fields.get("name"))), [])
            if region.pk not in self._taken
        ]
        street = _plain(row.fields.get("street"))
        if len(named) > 1:
            named = [region for region in named if region.parent and _plain(region.parent.name) == street]
        if len(named) != 1:
            return None
        self._taken.add(named[0].pk)
        return named[0]


def _plain(name: object) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", str(name or ""))).casefold()
