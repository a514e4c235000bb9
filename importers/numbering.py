"""The codes of new regions, and the regions above them that have to be made."""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

import shapely
from django.utils.translation import gettext

from gridmap.geometry.order import reading_order
from gridmap.territory.codes import CodeError, Level, level_of, next_child_codes, parent_code
from gridmap.territory.models import Region
from importers.models import ImportRun
from importers.records import Reason, Weight
from importers.streets import MOST_PER_STREET, shared_out


@dataclass(slots=True)
class Row:
    """A staged region on its way to a code and a parent."""

    id: int
    row: int
    key: str
    fields: dict[str, Any]
    geom: shapely.Geometry
    target: Region | None = None
    code: str = ""
    reasons: list[Reason] = dataclasses.field(default_factory=list)


@dataclass(slots=True)
class Above:
    """A region that has to exist before those of the file can."""

    code: str
    name: str

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "name": self.name}


def number(run: ImportRun, rows: list[Row], notes: list[Reason]) -> list[Above]:
    """Give every new region a code; returns the regions that must be made above them."""
    known = set(Region.objects.values_list("code", flat=True))
    taken = known | {row.code for row in rows if row.code}
    above: dict[str, Above] = {}
    root = _chosen_parent(run)
    if root and root not in known:
        _need(root, str(run.options.get("parent_name") or root), above, known)
    streets = _streets(run, rows)
    waiting: dict[str, list[Row]] = defaultdict(list)
    for row in _in_reading_order([row for row in rows if not row.code]):
        parent = streets.get(str(row.fields.get("street") or "")) or _parent_for(run, row, taken, above, streets)
        waiting[parent].append(row)
    _share_out(run, waiting, taken, above, notes)
    if root and level_of(root) is Level.STREET and any(row.fields.get("street") for row in waiting[root]):
        notes.append(Reason("streets_left_aside", Weight.NOTED, "street"))
    for parent, members in waiting.items():
        _number_below(parent, members, taken)
    for row in rows:
        if row.code and not row.reasons:
            _need_parents(row, above, known)
    return sorted(above.values(), key=lambda region: (level_of(region.code), region.code))


def _chosen_parent(run: ImportRun) -> str:
    """The region chosen to stand above new ones; none where it lies outside the area of the import."""
    parent = str(run.options.get("parent") or "")
    return parent if parent.startswith(run.area) else ""


def _streets(run: ImportRun, rows: list[Row]) -> dict[str, str]:
    """Street name → code: from rows of the file that carry codes, and from streets below the chosen parent."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.code and level_of(row.code) is Level.COMMUNITY and row.fields.get("street"):
            found[str(row.fields["street"])][row.code[:9].ljust(12, "0")] += 1
    streets = {name: codes.most_common(1)[0][0] for name, codes in found.items()}
    parent = _chosen_parent(run)
    if parent:
        below = Region.objects.filter(level=Level.STREET).under(parent)
        streets.update(below.values_list("name", "code"))
    return streets


def _parent_for(run: ImportRun, row: Row, taken: set[str], above: dict[str, Above], streets: dict[str, str]) -> str:
    """The region that a new one belongs below: the chosen parent, or a new street of the row's name below it."""
    parent = _chosen_parent(run)
    if not parent:
        return ""
    wanted = Level(row.fields["level"] - 1) if row.fields["level"] > 1 else None
    level = level_of(parent)
    if level == wanted:
        return parent
    name = str(row.fields.get("street") or "")
    if wanted is Level.STREET and level is Level.COUNTY and name:
        code = next_child_codes(parent, taken | set(above), 1)[0]
        above[code] = Above(code, name)
        streets[name] = code
        return code
    return ""


def _share_out(
    run: ImportRun, waiting: dict[str, list[Row]], taken: set[str], above: dict[str, Above], notes: list[Reason]
) -> None:
    """Communities below a county in a file without a column of streets get streets of their own; others are refused."""
    homeless = waiting.pop("", [])
    parent = _chosen_parent(run)
    below_county = bool(parent) and level_of(parent) is Level.COUNTY
    rows = [row for row in homeless if below_county and row.fields["level"] == Level.COMMUNITY]
    if "street" in run.mapping or not rows:
        for row in homeless:
            row.reasons.append(Reason(_why_homeless(row, parent), Weight.REFUSED, "street"))
        return
    parts = shared_out([row.geom for row in rows])
    try:
        codes = next_child_codes(parent, taken | set(above), len(parts))
    except CodeError:
        for row in rows:
            row.reasons.append(Reason("codes_used_up", Weight.REFUSED, "code", {"parent": parent}))
        return
    for code, part in zip(codes, parts, strict=True):
        above[code] = Above(code, gettext("Street %(n)s") % {"n": int(code[6:9])})
        waiting[code] = _in_reading_order([rows[at] for at in part])
    notes.append(
        Reason("streets_made", Weight.NOTED, "street", {"n": len(parts), "limit": MOST_PER_STREET, "rows": len(rows)})
    )


def _why_homeless(row: Row, parent: str) -> str:
    """What is missing to know the region above a row."""
    if row.fields.get("street"):
        return "county_unknown" if not parent else "parent_unknown"
    return "street_missing" if parent else "parent_unknown"


def _in_reading_order(rows: list[Row]) -> list[Row]:
    return [rows[at] for at in reading_order([row.geom for row in rows])] if rows else []


def _number_below(parent: str, ordered: list[Row], taken: set[str]) -> None:
    try:
        codes = next_child_codes(parent, taken, len(ordered))
    except CodeError:
        for row in ordered:
            row.reasons.append(Reason("codes_used_up", Weight.REFUSED, "code", {"parent": parent}))
        return
    for row, code in zip(ordered, codes, strict=True):
        row.code = row.fields["code"] = code
        taken.add(code)


def _need_parents(row: Row, above: dict[str, Above], known: set[str]) -> None:
    names = {Level.STREET: row.fields.get("street"), Level.COUNTY: row.fields.get("county")}
    code = parent_code(row.code)
    if code:
        _need(code, "", above, known, names)


def _need(
    code: str, name: str, above: dict[str, Above], known: set[str], names: dict[Level, Any] | None = None
) -> None:
    """Note `code` and everything above it that does not exist yet, by the best name at hand."""
    here: str | None = code
    while here and here not in known:
        best = name if here == code and name else str((names or {}).get(level_of(here)) or "")
        present = above.setdefault(here, Above(here, best or here))
        if present.name == present.code and best:
            present.name = best
        here = parent_code(here)
