"""Regions from a file: which is which, the codes of new ones, the regions above them, boundaries that overlap.

A region is known by its 12-digit code where the file gives one, else by its number in the source. New ones are
numbered below their parent in reading order (north→south, west→east) after the highest code ever given.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import shapely
from django.contrib.gis.geos import MultiPolygon
from django.db import transaction
from django.utils import timezone

from gridmap.territory.codes import Level, level_of, parent_code
from gridmap.territory.models import Region
from gridmap.territory.services import SLIVER_M2, locate_buildings, open_region_edition
from gridmap.traces.statistics import analyze
from importers.models import ImportRun, StagedRow
from importers.numbering import Above, Row, number
from importers.records import Reason, Weight
from importers.renewal import Named

OVERLAP_SHARE = 0.01
OVERLAP_NOISE_M2 = 1.0

OVERLAPS = """
DROP TABLE IF EXISTS pg_temp.importers_boundary;
CREATE TEMP TABLE importers_boundary ON COMMIT DROP AS
SELECT s.id, s.row, s.geom, s.fields->>'code' AS code, s.fields->>'name' AS name, (s.fields->>'level')::int AS level
FROM importers_stagedrow s WHERE s.run_id = %(run)s AND s.action <> 'refused' AND s.action <> 'missing';
CREATE INDEX ON importers_boundary USING gist (geom);
ANALYZE importers_boundary;
"""
OVERLAPS_IN_FILE = """
SELECT b.id, a.name, ST_Area(ST_Intersection(a.geom, b.geom)::geography),
       least(ST_Area(a.geom::geography), ST_Area(b.geom::geography))
FROM importers_boundary a JOIN importers_boundary b
  ON a.level = b.level AND (a.row, a.id) < (b.row, b.id) AND a.geom && b.geom
 AND ST_Intersects(a.geom, b.geom) AND NOT ST_Touches(a.geom, b.geom)
"""
OVERLAPS_THERE = """
SELECT b.id, r.name, ST_Area(ST_Intersection(e.geom, b.geom)::geography),
       least(e.area_m2, ST_Area(b.geom::geography))
FROM importers_boundary b
JOIN territory_regionedition e ON upper_inf(e.valid) AND e.geom && b.geom
JOIN territory_region r ON r.id = e.region_id AND r.level = b.level
WHERE NOT EXISTS (SELECT 1 FROM importers_boundary own WHERE own.code = r.code)
  AND ST_Intersects(e.geom, b.geom) AND NOT ST_Touches(e.geom, b.geom)
"""
SAME_SHAPE = """
SELECT s.id, e.geom IS NOT NULL AND ST_AsBinary(ST_SnapToGrid(e.geom, 1e-8)) = ST_AsBinary(ST_SnapToGrid(s.geom, 1e-8))
FROM importers_stagedrow s
LEFT JOIN territory_regionedition e ON e.region_id = s.target_id AND upper_inf(e.valid)
WHERE s.run_id = %(run)s AND s.target_id IS NOT NULL
"""
#: Grids in force that a new boundary of their community would end; measured as `open_region_edition` does.
ENDING = """
SELECT s.id, count(*) FROM importers_stagedrow s
JOIN territory_grid g ON g.community_id = s.target_id
JOIN territory_gridedition e ON e.grid_id = g.id AND upper_inf(e.valid)
WHERE s.run_id = %(run)s AND s.action = 'changed' AND s.before ? 'geometry'
  AND territory_sliver_m2(ST_Difference(e.geom, s.geom)) > %(sliver_m2)s
GROUP BY s.id
"""
MISSING = """
INSERT INTO importers_stagedrow
    (run_id, row, kind, key, sound, action, read_reasons, reasons, fields, before, geom, target_id)
SELECT %(run)s, 0, 'regions', r.source_ref, TRUE, 'missing', '[]', '[]',
       jsonb_build_object('name', r.name, 'code', r.code), '{}', e.geom, r.id
FROM territory_region r JOIN territory_regionedition e ON e.region_id = r.id AND upper_inf(e.valid)
WHERE r.source = %(source)s AND r.code LIKE %(area)s
  AND NOT EXISTS (SELECT 1 FROM importers_stagedrow s WHERE s.run_id = %(run)s AND s.target_id = r.id)
"""


def compare(run: ImportRun, cursor: Any) -> list[Reason]:
    """Set action, code and reasons of every staged region, and `run.above`; returns what is to say about all."""
    rows = _load(run)
    _refuse_twice(rows)
    _find(run, rows)
    notes: list[Reason] = []
    above = number(run, [row for row in rows if row.target is None and not row.reasons], notes)
    _write(rows)
    with transaction.atomic():
        _check_overlaps(run, cursor)
    run.above = [region.as_json() for region in _needed(run, above)]
    _mark_changes(run, cursor, rows)
    _note_ending_grids(run, cursor)
    cursor.execute(MISSING, {"run": run.pk, "source": run.source, "area": f"{run.area}%"})
    return notes


def _needed(run: ImportRun, above: list[Above]) -> list[Above]:
    """Those of the regions above that some row to be written lies below: a refused file makes none."""
    codes = StagedRow.objects.filter(run=run, kind="regions", action="created").values_list("fields__code", flat=True)
    made: set[str] = set()
    for code in codes:
        here = parent_code(str(code))
        while here and here not in made:
            made.add(here)
            here = parent_code(here)
    return [region for region in above if region.code in made]


def _load(run: ImportRun) -> list[Row]:
    staged = StagedRow.objects.filter(run=run, kind="regions", sound=True).order_by("row", "pk")
    return [
        Row(one.pk, one.row, one.key, dict(one.fields), shapely.from_wkb(bytes(one.geom.wkb)))
        for one in staged.iterator(chunk_size=500)
        if one.geom is not None
    ]


def _refuse_twice(rows: list[Row]) -> None:
    for name in ("code", "key"):
        first: dict[str, int] = {}
        for row in rows:
            value = str(row.fields.get("code") or "") if name == "code" else row.key
            if value and value in first:
                params = {"first": first[value]}
                row.reasons.append(
                    Reason("key_twice", Weight.REFUSED, "code" if name == "code" else "source_ref", params)
                )
            elif value:
                first[value] = row.row


def _find(run: ImportRun, rows: list[Row]) -> None:
    """The regions that the rows mean, by code, else by number in this source; the level follows a given code."""
    codes = [row.fields["code"] for row in rows if row.fields.get("code")]
    by_code = {region.code: region for region in Region.objects.filter(code__in=codes)}
    by_key = {region.source_ref: region for region in Region.objects.filter(source=run.source)}
    by_name = Named(run, codes) if run.options.get("match") == "name" else None
    for row in rows:
        given = row.fields.get("code")
        row.target = by_code.get(given) if given else by_key.get(row.key)
        if by_name and row.target is None and not given and not row.reasons:
            row.target = by_name.take(row)
        row.code = row.target.code if row.target else str(given or "")
        if row.code and run.area and not row.code.startswith(run.area):
            row.reasons.append(Reason("outside_your_area", Weight.REFUSED, "code", {"code": row.code}))
        row.fields["level"] = int(level_of(row.code)) if row.code else int(row.fields.get("level") or Level.COMMUNITY)


def _write(rows: Iterable[Row]) -> None:
    staged: list[StagedRow] = []
    for row in rows:
        action = "refused" if row.reasons else "changed" if row.target else "created"
        row.fields["code"] = row.code or None
        staged.append(
            StagedRow(
                pk=row.id,
                action=action,
                target_id=row.target.pk if row.target else None,
                fields=row.fields,
                reasons=[reason.as_json() for reason in row.reasons],
            )
        )
    kept = dict(StagedRow.objects.filter(pk__in=[one.pk for one in staged]).values_list("pk", "read_reasons"))
    for one in staged:
        one.reasons = [*kept[one.pk], *one.reasons]
    StagedRow.objects.bulk_update(staged, ["action", "target_id", "fields", "reasons"], batch_size=500)


def _check_overlaps(run: ImportRun, cursor: Any) -> None:
    """Boundaries of one level share no ground: more than a hundredth refuses the later one, less is noted."""
    cursor.execute(OVERLAPS, {"run": run.pk})
    found: dict[int, list[Reason]] = defaultdict(list)
    for statement in (OVERLAPS_IN_FILE, OVERLAPS_THERE):
        cursor.execute(statement)
        for pk, name, shared_m2, smaller_m2 in cursor.fetchall():
            if shared_m2 <= OVERLAP_NOISE_M2:
                continue
            weight = Weight.REFUSED if shared_m2 > OVERLAP_SHARE * smaller_m2 else Weight.NOTED
            params = {"other": name, "area_m2": round(shared_m2)}
            found[pk].append(Reason("overlaps", weight, "geometry", params))
    for pk, reasons in found.items():
        _add_reasons(cursor, pk, reasons)


def _note_ending_grids(run: ImportRun, cursor: Any) -> None:
    """A changed boundary says how many grids in force end with the old one."""
    cursor.execute(ENDING, {"run": run.pk, "sliver_m2": SLIVER_M2})
    for pk, ending in cursor.fetchall():
        _add_reasons(cursor, pk, [Reason("grids_will_end", Weight.NOTED, "geometry", {"n": ending})])


def _add_reasons(cursor: Any, pk: int, reasons: list[Reason]) -> None:
    refused = any(reason.weight is Weight.REFUSED for reason in reasons)
    cursor.execute(
        "UPDATE importers_stagedrow SET reasons = reasons || %s::jsonb,"
        " action = CASE WHEN %s THEN 'refused' ELSE action END WHERE id = %s",
        [json.dumps([reason.as_json() for reason in reasons], ensure_ascii=False), refused, pk],
    )


def _mark_changes(run: ImportRun, cursor: Any, rows: list[Row]) -> None:
    """Which of the found regions really change: their name, their boundary, or neither."""
    cursor.execute(SAME_SHAPE, {"run": run.pk})
    same = dict(cursor.fetchall())
    changes = []
    for row in rows:
        if row.target is None or row.reasons:
            continue
        before: dict[str, Any] = {}
        if row.fields.get("name") and row.fields["name"] != row.target.name:
            before["name"] = row.target.name
        if not same.get(row.id):
            before["geometry"] = True
        changes.append([json.dumps(before, ensure_ascii=False), "changed" if before else "same", row.id])
    cursor.executemany(
        "UPDATE importers_stagedrow SET before = %s::jsonb, action = %s WHERE id = %s AND action <> 'refused'", changes
    )


def apply(run: ImportRun, report: Any) -> None:
    """Write the regions of a compared run: those above first, then new ones, names, and boundaries from now on."""
    now = timezone.now()
    for region in run.above:
        _make(region["code"], region["name"], run.source, "")
    staged = StagedRow.objects.filter(run=run, kind="regions", action__in=["created", "changed"])
    total = max(staged.count(), 1)
    ordered = sorted(staged.values_list("pk", "fields__code"), key=lambda pair: str(pair[1]))
    for done, (pk, _code) in enumerate(ordered):
        _apply_one(run, StagedRow.objects.get(pk=pk), now)
        report(done / total)
    analyze("territory_region", "territory_regionedition", "territory_building")
    locate_buildings()


def _apply_one(run: ImportRun, row: StagedRow, now: Any) -> None:
    code, name = str(row.fields["code"]), str(row.fields["name"])
    if row.target_id is None:
        region = _make(code, name, run.source, row.key)
    else:
        region = Region.objects.get(pk=row.target_id)
        if "name" in row.before:
            Region.objects.filter(pk=region.pk).update(name=name)
    if row.target_id is None or "geometry" in row.before:
        assert isinstance(row.geom, MultiPolygon)  # noqa: S101  (staged as one)
        open_region_edition(region=region, shape=row.geom, source=run.source, at=now)


def _make(code: str, name: str, source: str, key: str) -> Region:
    above = parent_code(code)
    parent = Region.objects.get(code=above) if above else None
    return Region.objects.create(
        code=code, level=int(level_of(code)), name=name, parent=parent, source=source, source_ref=key
    )
