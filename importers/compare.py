"""What the staged rows would do: one SQL statement per kind sets new, changed, unchanged or refused.

A row is changed only by the fields that the file has columns for; fields it does not know are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection

from gridmap.territory.models import LayerRevision
from importers import by_hand, equipment, regions
from importers.kind import Field, Kind
from importers.kinds import KINDS
from importers.models import ImportRun
from importers.records import Reason

RESET = """
UPDATE importers_stagedrow SET action = CASE WHEN sound THEN '' ELSE 'refused' END, reasons = read_reasons,
       before = '{}', target_id = NULL
WHERE run_id = %(run)s AND (action <> CASE WHEN sound THEN '' ELSE 'refused' END OR target_id IS NOT NULL)
"""
COMPARE = """
UPDATE importers_stagedrow s
SET action = f.action, target_id = f.target_id, before = f.before, reasons = s.read_reasons || f.more || f.kept
FROM (
    SELECT s.id, t.id AS target_id, d.before, d.kept,
        CASE WHEN x.twice IS NOT NULL OR x.outside OR x.elsewhere THEN 'refused'
             WHEN t.id IS NULL THEN 'created'
             WHEN d.before <> '{{}}' THEN 'changed' WHEN d.kept <> '[]' THEN 'conflict' ELSE 'same' END AS action,
        CASE WHEN x.twice IS NOT NULL THEN jsonb_build_array(jsonb_build_object('code', 'key_twice',
                 'weight', 'refused', 'field', 'source_ref', 'params', jsonb_build_object('first', x.twice)))
             WHEN x.outside THEN {outside} WHEN x.elsewhere THEN {elsewhere} ELSE '[]'::jsonb END AS more
    FROM (
        SELECT s.*, first_value(s.row) OVER (PARTITION BY s.key ORDER BY s.row, s.id) AS first_row,
               row_number() OVER (PARTITION BY s.key ORDER BY s.row, s.id) AS nth
        FROM importers_stagedrow s WHERE s.run_id = %(run)s AND s.kind = %(kind)s AND s.sound
    ) s
    LEFT JOIN {table} t ON t.source = %(source)s AND t.source_ref = s.key
    CROSS JOIN LATERAL (SELECT CASE WHEN s.nth > 1 THEN s.first_row END AS twice,
                               {is_outside} AS outside, {is_elsewhere} AS elsewhere) x
    CROSS JOIN LATERAL (SELECT CASE WHEN t.id IS NULL THEN '{{}}'::jsonb ELSE {changes} END AS before,
                               CASE WHEN t.id IS NULL THEN '[]'::jsonb ELSE {conflicts} END AS kept) d
) f
WHERE s.id = f.id
"""
MISSING = """
INSERT INTO importers_stagedrow
    (run_id, row, kind, key, sound, action, read_reasons, reasons, fields, before, geom, target_id)
SELECT %(run)s, 0, %(kind)s, t.source_ref, TRUE, 'missing', '[]', '[]', {named}, '{{}}', {shape}, t.id
FROM {table} t
WHERE t.source = %(source)s {active} AND {mine}
  AND NOT EXISTS (SELECT 1 FROM importers_stagedrow s
                  WHERE s.run_id = %(run)s AND s.kind = %(kind)s AND s.key = t.source_ref)
"""
IN_AREA = """EXISTS (SELECT 1 FROM territory_regionedition e JOIN territory_region r ON r.id = e.region_id
    WHERE r.code LIKE %(area)s AND upper_inf(e.valid) AND ST_Intersects(e.geom, {shape}))"""
COUNT = """
SELECT kind, action, count(*), count(*) FILTER (WHERE reasons @> '[{"weight": "repaired"}]')
FROM importers_stagedrow WHERE run_id = %s GROUP BY kind, action
"""
GRIDS_ENDING = """
SELECT coalesce(sum((r->'params'->>'n')::int), 0)
FROM importers_stagedrow s CROSS JOIN LATERAL jsonb_array_elements(s.reasons) r
WHERE s.run_id = %s AND s.kind = 'regions' AND s.action = 'changed' AND r->>'code' = 'grids_will_end'
"""
DIGEST = """
SELECT coalesce(md5(string_agg(concat_ws(' ', kind, key, action, before, CASE WHEN kind = 'regions' THEN reasons END),
                               '|' ORDER BY kind, key, row)), '')
FROM importers_stagedrow WHERE run_id = %s AND action <> 'refused'
"""


def compare(run: ImportRun, *, clean: bool = False) -> None:
    """Set the action of every staged row and the counts of the run. `clean`: the rows were staged just now."""
    run.revisions = revisions(kinds_of(run))
    notes: list[Reason] = []
    with connection.cursor() as cursor:
        if not clean:
            cursor.execute(
                "DELETE FROM importers_stagedrow WHERE run_id = %(run)s AND action = 'missing'", {"run": run.pk}
            )
            cursor.execute(RESET, {"run": run.pk})
        for kind in kinds_of(run):
            if kind.name == "regions":
                notes += regions.compare(run, cursor)
                continue
            if clean:
                equipment.unite_poles(run, kind, cursor)
            _compare_kind(run, kind, cursor)
            equipment.refuse_clashes(run, kind, cursor)
        notes += by_hand.note(run.pk, kinds_of(run), cursor)
    run.counts = {**counts(run), "notes": [note.as_json() for note in notes]}
    run.save(update_fields=["revisions", "counts", "above"])


def kinds_of(run: ImportRun) -> list[Kind]:
    """The kinds that the run writes."""
    if run.kind == ImportRun.Kind.OSM:
        return [KINDS[name] for name in ("ground", "buildings", "cameras", "lamps", "facilities")]
    return [KINDS["ground" if run.kind == ImportRun.Kind.BARRIERS else run.kind]]


def revisions(kinds: Iterable[Kind]) -> dict[str, int]:
    """The present state of the layers that a comparison depends on."""
    layers = {kind.layer for kind in kinds}
    names = layers | {"regions"} | ({"grids"} if "regions" in layers else set())
    return dict(LayerRevision.objects.filter(layer__in=names).values_list("layer", "number"))


def counts(run: ImportRun) -> dict[str, Any]:
    """Rows by action, in all and by kind, and how many were repaired, and how many grids would end."""
    total = dict.fromkeys(("created", "changed", "same", "conflict", "missing", "refused"), 0)
    found: dict[str, Any] = {**total, "rows": 0, "repaired": 0, "kinds": {}}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [run.pk])
        for kind, action, number, repaired in cursor.fetchall():
            found[action] += number
            found["rows"] += 0 if action == "missing" else number
            found["repaired"] += repaired
            found["kinds"].setdefault(kind, dict(total))[action] = number
        cursor.execute(GRIDS_ENDING, [run.pk])
        found["grids_ending"] = cursor.fetchone()[0]
    return found


def digest(run: ImportRun) -> str:
    """A short form of the whole plan, to see whether comparing again came to another one."""
    with connection.cursor() as cursor:
        cursor.execute(DIGEST, [run.pk])
        return str(cursor.fetchone()[0])


def _compare_kind(run: ImportRun, kind: Kind, cursor: Any) -> None:
    parameters = {"run": run.pk, "kind": kind.name, "source": run.source, "area": f"{run.area}%"}
    located = kind.name in {"buildings", "compounds"}
    statement = COMPARE.format(
        table=kind.table,
        changes=_changes(kind),
        conflicts=_conflicts(kind),
        is_outside=f"NOT {IN_AREA.format(shape='s.geom')}" if run.area else "FALSE",
        is_elsewhere=_elsewhere(located) if run.area else "FALSE",
        outside=_reason("outside_your_area", "geometry"),
        elsewhere=_reason("held_by_another_area", "source_ref"),
    )
    cursor.execute(statement, parameters)
    mine = IN_AREA.format(shape="t.geom") if run.area else "TRUE"
    label = "jsonb_build_object('name', t.name)" if kind.field("name") else "'{}'::jsonb"
    missing = MISSING.format(table=kind.table, named=label, shape="t.geom", active="AND t.active", mine=mine)
    cursor.execute(missing, parameters)


def _reason(code: str, field: str) -> str:
    return (
        f"jsonb_build_array(jsonb_build_object('code', '{code}', 'weight', 'refused', 'field', '{field}',"
        " 'params', '{{}}'::jsonb))".replace("{{}}", "{}")
    )


def _elsewhere(located: bool) -> str:
    """Whether the record that a row means lies outside the area: by its community, where it has none by its place."""
    if not located:
        return f"(t.id IS NOT NULL AND NOT {IN_AREA.format(shape='t.geom')})"
    return (
        "(t.id IS NOT NULL AND t.community_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM territory_region r"
        " WHERE r.id = t.community_id AND r.code LIKE %(area)s))"
    )


def value_of(field_name: str, sql_type: str, default: str) -> str:
    """The SQL of a staged field as its column takes it."""
    return f"coalesce((s.fields->>'{field_name}')::{sql_type}, {default})"


OTHER_SHAPE = "ST_AsBinary(ST_SnapToGrid(t.geom, 1e-8)) IS DISTINCT FROM ST_AsBinary(ST_SnapToGrid(s.geom, 1e-8))"


def _differs(field: Field) -> str:
    now = value_of(field.name, field.sql_type, field.default)
    return f"s.fields ? '{field.name}' AND t.{field.name} IS DISTINCT FROM {now}"


def _changes(kind: Kind) -> str:
    """SQL of the values now that differ from the file's: {} where nothing does."""

    def unless_kept(column: str, condition: str) -> str:
        return f"{condition} AND NOT {by_hand.kept(column)}" if kind.tended else condition

    parts = [
        f"CASE WHEN {unless_kept(field.name, _differs(field))}"
        f" THEN jsonb_build_object('{field.name}', t.{field.name}) ELSE '{{}}'::jsonb END"
        for field in kind.fields
    ]
    parts.append(
        f"CASE WHEN {unless_kept('geom', OTHER_SHAPE)} THEN '{{\"geometry\": true}}'::jsonb ELSE '{{}}'::jsonb END"
    )
    parts.append(
        f"CASE WHEN {unless_kept('active', 'NOT t.active')} THEN '{{\"active\": false}}'::jsonb ELSE '{{}}'::jsonb END"
    )
    return " || ".join(parts)


def _conflicts(kind: Kind) -> str:
    """SQL of the reasons for what people set by hand and the file has otherwise: [] where nothing is."""
    if not kind.tended:
        return "'[]'::jsonb"
    parts = [
        by_hand.conflict(field.name, _differs(field), f"t.{field.name}", f"s.fields->'{field.name}'")
        for field in kind.fields
    ]
    there = "format('%%s, %%s', round(ST_X(p.spot)::numeric, 6), round(ST_Y(p.spot)::numeric, 6))"
    spot = f"(SELECT {there} FROM (SELECT ST_PointOnSurface(s.geom) AS spot) p)"  # noqa: S608  (names of this file)
    parts.append(by_hand.conflict("geom", OTHER_SHAPE, "t.position", spot))
    parts.append(by_hand.conflict("active", "NOT t.active", "FALSE", "TRUE"))
    return " || ".join(parts)
