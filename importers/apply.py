"""A compared plan into the tables: one transaction, set-based, and only if nothing it was compared with has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from gridmap.territory.services import locate_buildings, wait_for_other_writers
from gridmap.traces.statistics import analyze
from importers import regions
from importers.by_hand import kept
from importers.compare import compare, digest, kinds_of, revisions, value_of
from importers.kind import Kind
from importers.models import ImportRun, StagedRow
from importers.records import RefusedError, StalePlanError

#: Rows written between two looks at the progress: a bar that moves, and a person who may stop it.
BATCH_ROWS = 10_000
#: The last staged row of each batch of a kind, and how many the batch holds.
BATCHES = """
SELECT max(id), count(*) FROM (
    SELECT id, (row_number() OVER (ORDER BY id) - 1) / %(size)s AS batch FROM importers_stagedrow
    WHERE run_id = %(run)s AND kind = %(kind)s AND action IN ('created', 'changed', 'missing')
) s GROUP BY batch ORDER BY batch
"""
#: OFFSET 0 keeps the planner to the primary key: by (run, action) it would read all rows again for every batch.
BATCH = """(SELECT * FROM importers_stagedrow WHERE id > %(after)s AND id <= %(to)s OFFSET 0) s"""
INSERT = """
INSERT INTO {table} (source, source_ref, active, geom{columns})
SELECT %(source)s, s.key, TRUE, s.geom{values}
FROM {batch} {places} WHERE s.run_id = %(run)s AND s.kind = %(kind)s AND s.action = 'created'
ORDER BY s.row
"""
UPDATE = """
UPDATE {table} t SET active = {active}, geom = {geom}{values}
FROM {batch}
WHERE s.run_id = %(run)s AND s.kind = %(kind)s AND s.action = 'changed' AND t.id = s.target_id
"""
DEACTIVATE = """
UPDATE {table} t SET active = FALSE FROM {batch}
WHERE s.run_id = %(run)s AND s.kind = %(kind)s AND s.action = 'missing' AND t.id = s.target_id AND t.active{unless}
"""
#: New buildings get their place at once: a second UPDATE of every row would cost four times the INSERT.
PLACES = """
CROSS JOIN LATERAL (SELECT ST_PointOnSurface(s.geom) AS point) p
LEFT JOIN LATERAL (
    SELECT e.region_id FROM territory_regionedition e JOIN territory_region r ON r.id = e.region_id
    WHERE r.level = 5 AND upper_inf(e.valid) AND ST_Covers(e.geom, p.point) ORDER BY r.code LIMIT 1
) community ON TRUE
LEFT JOIN LATERAL (
    SELECT c.id FROM territory_compound c
    WHERE c.active AND ST_Covers(c.geom, p.point) ORDER BY ST_Area(c.geom), c.id LIMIT 1
) compound ON TRUE
LEFT JOIN LATERAL (
    SELECT e.grid_id FROM territory_gridedition e JOIN territory_grid g ON g.id = e.grid_id
    WHERE g.kind <> 'micro' AND upper_inf(e.valid) AND ST_Covers(e.geom, p.point) ORDER BY g.code LIMIT 1
) grid ON TRUE
"""
LOCATE_COMPOUNDS = """
UPDATE territory_compound c SET community_id = (
    SELECT e.region_id FROM territory_regionedition e JOIN territory_region r ON r.id = e.region_id
    WHERE r.level = 5 AND upper_inf(e.valid) AND ST_Covers(e.geom, ST_PointOnSurface(c.geom)) ORDER BY r.code LIMIT 1)
WHERE c.source = %(source)s
"""

Report = Callable[[float], object]
WRITING_SHARE = 0.8


def apply(run: ImportRun, *, deactivate: bool, report: Report) -> dict[str, Any]:
    """Write the plan of `run`. Returns what was written; raises StalePlanError after comparing again."""
    stale, deactivated = False, 0
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
        _refuse_unless_checked(run)
        if deactivate and not run.can_switch_off:
            raise RefusedError("regions_stay_in_force")
        wait_for_other_writers()
        _hold(run)
        if revisions(kinds_of(run)) != run.revisions:
            before = digest(run)
            compare(run)
            stale = digest(run) != before
        if not stale:
            deactivated = _write(run, deactivate, report)
            run.status, run.applied_at, run.stale = ImportRun.Status.APPLIED, timezone.now(), False
        else:
            run.status, run.stale = ImportRun.Status.CHECKED, True
        run.save(update_fields=["status", "applied_at", "stale"])
    if stale:
        raise StalePlanError
    return {**run.counts, "deactivated": deactivated}


def _refuse_unless_checked(run: ImportRun) -> None:
    if run.status == ImportRun.Status.APPLIED:
        raise RefusedError("already_applied")
    if run.status not in {ImportRun.Status.CHECKED, ImportRun.Status.APPLYING}:
        raise RefusedError("not_checked_yet")


def _hold(run: ImportRun) -> None:
    """Nobody else writes these tables until the end; everybody may read them."""
    tables = sorted({kind.table for kind in kinds_of(run)} | {"territory_region"})
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")


def _write(run: ImportRun, deactivate: bool, report: Report) -> int:
    """All rows of the plan; returns how many records were switched off."""
    kinds, deactivated, done = kinds_of(run), 0, 0
    total = max(sum(run.counts[action] for action in ("created", "changed", "missing")), 1)
    for kind in kinds:
        if kind.name == "regions":
            regions.apply(run, lambda share: report(WRITING_SHARE * share))
            continue
        for statements, parameters, rows in _batches(run, kind, deactivate):
            deactivated += _execute(statements, parameters)
            done += rows
            report(WRITING_SHARE * min(done / total, 1.0))
    with connection.cursor() as cursor:
        if any(kind.name == "compounds" for kind in kinds):
            cursor.execute(LOCATE_COMPOUNDS, {"source": run.source})
    analyze(*sorted({kind.table for kind in kinds} - {"territory_region"}))
    if any(kind.name == "compounds" for kind in kinds):
        locate_buildings()
    elif any(kind.name == "buildings" for kind in kinds):
        locate_buildings(building_ids=_changed(run))
    report(1.0)
    return deactivated


def _changed(run: ImportRun) -> list[int]:
    changed = StagedRow.objects.filter(run=run, kind="buildings", action=StagedRow.Action.CHANGED)
    return [int(pk) for pk in changed.values_list("target_id", flat=True) if pk is not None]


def _batches(run: ImportRun, kind: Kind, deactivate: bool) -> Iterator[tuple[list[str], dict[str, Any], int]]:
    """Statements, their parameters and the number of staged rows of each batch, in the order of the file."""
    statements = _statements(kind, deactivate)
    parameters: dict[str, Any] = {"run": run.pk, "kind": kind.name, "source": run.source}
    if kind.name == "buildings":
        analyze("territory_region", "territory_regionedition", "territory_gridedition", "territory_compound")
    with connection.cursor() as cursor:
        cursor.execute(BATCHES, {**parameters, "size": BATCH_ROWS})
        found = cursor.fetchall()
    after = 0
    for last, rows in found:
        yield statements, {**parameters, "after": after, "to": last}, rows
        after = last


def _execute(statements: list[str], parameters: dict[str, Any]) -> int:
    """Write one batch; returns how many records were switched off."""
    insert, update, *switch_off = statements
    with connection.cursor() as cursor:
        cursor.execute(insert, parameters)
        cursor.execute(update, parameters)
        if not switch_off:
            return 0
        cursor.execute(switch_off[0], parameters)
        return int(cursor.rowcount)


def _statements(kind: Kind, deactivate: bool) -> list[str]:
    """INSERT, UPDATE and where wanted the switching off, for one batch."""
    columns = "".join(f", {field.name}" for field in kind.fields)
    fresh = "".join(f", {value_of(field.name, field.sql_type, field.default)}" for field in kind.fields)
    changed = "".join(
        f", {field.name} = CASE WHEN s.fields ? '{field.name}'{_and_not(kind, field.name)}"
        f" THEN {value_of(field.name, field.sql_type, field.default)} ELSE t.{field.name} END"
        for field in kind.fields
    )
    if kind.name == "buildings":
        columns += ", community_id, compound_id, grid_id"
        fresh += ", community.region_id, compound.id, grid.grid_id"
    places = PLACES if kind.name == "buildings" else ""
    statements = [
        INSERT.format(table=kind.table, columns=columns, values=fresh, places=places, batch=BATCH),
        UPDATE.format(
            table=kind.table,
            values=changed,
            batch=BATCH,
            active=f"CASE WHEN {kept('active')} THEN t.active ELSE TRUE END" if kind.tended else "TRUE",
            geom=f"CASE WHEN {kept('geom')} THEN t.geom ELSE s.geom END" if kind.tended else "s.geom",
        ),
    ]
    switching_off = DEACTIVATE.format(table=kind.table, batch=BATCH, unless=_and_not(kind, "active"))
    return [*statements, switching_off] if deactivate else statements


def _and_not(kind: Kind, column: str) -> str:
    """SQL: what people set by hand stays."""
    return f" AND NOT {kept(column)}" if kind.tended else ""
