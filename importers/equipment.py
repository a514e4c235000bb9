"""What rows of cameras, lamps, components and facilities need beyond their columns: hours read from words, classes read
from codes, codes that nobody else has, one position for all that stands on a pole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridmap.territory.hours_text import read_hours
from importers.directions import read_direction
from importers.kind import Kind
from importers.records import Reason, Weight

if TYPE_CHECKING:
    from importers.check import Checked
    from importers.models import ImportRun

DEVICE_DIGITS = 20
#: Things farther apart (m) do not stand on one pole, whatever their number says.
POLE_REACH_M = 30
#: One position for the things of a file on one pole (a number in a county): that of the first; those too far from it
#: are refused.
POLES = """
WITH standing AS (
    SELECT id, geom, fields->>'pole' AS pole, first_value(geom) OVER pole AS spot, first_value(row) OVER pole AS first
    FROM importers_stagedrow
    WHERE run_id = %(run)s AND kind = %(kind)s AND sound AND coalesce(fields->>'pole', '') <> ''
    WINDOW pole AS (PARTITION BY fields->>'pole', territory_county_at(geom) ORDER BY row, id)
), measured AS (
    SELECT *, ST_Distance(geom::geography, spot::geography) AS far_m FROM standing
    WHERE geom::bytea <> spot::bytea
)
UPDATE importers_stagedrow s SET
    geom = CASE WHEN m.far_m <= %(reach)s THEN m.spot ELSE s.geom END,
    sound = m.far_m <= %(reach)s,
    action = CASE WHEN m.far_m <= %(reach)s THEN s.action ELSE 'refused' END,
    reasons = s.reasons || m.more,
    read_reasons = s.read_reasons || m.more
FROM (SELECT m.*, jsonb_build_array(jsonb_build_object(
        'code', CASE WHEN m.far_m <= %(reach)s THEN 'pole_position_taken' ELSE 'pole_elsewhere' END,
        'weight', CASE WHEN m.far_m <= %(reach)s THEN 'noted' ELSE 'refused' END, 'field', 'pole',
        'params', jsonb_build_object('pole', m.pole, 'first', m.first, 'metres', round(m.far_m::numeric, 1)))) AS more
    FROM measured m) m
WHERE s.id = m.id
"""
#: A pole that stands here already, from this source or another, stands where it stands.
POLES_THERE = """
UPDATE importers_stagedrow s SET action = 'refused', reasons = s.reasons || jsonb_build_array(jsonb_build_object(
    'code', 'pole_elsewhere', 'weight', 'refused', 'field', 'pole', 'params',
    jsonb_build_object('pole', s.fields->>'pole', 'first', 0,
        'metres', round(ST_Distance(p.spot::geography, s.geom::geography)::numeric, 1))))
FROM importers_stagedrow same CROSS JOIN LATERAL (
    SELECT territory_pole_spot(same.fields->>'pole', same.geom, {camera}, {lamp}) AS spot) p
WHERE same.id = s.id AND s.run_id = %(run)s AND s.kind = %(kind)s AND coalesce(s.fields->>'pole', '') <> ''
  AND (s.action = 'created' OR (s.action = 'changed' AND s.before ? 'pole'))
  AND NOT ST_DWithin(p.spot::geography, s.geom::geography, %(reach)s)
"""
#: Codes are one thing's alone: of two rows of a file the first, and never one that another record has.
CODES = """
UPDATE importers_stagedrow s SET action = 'refused', reasons = s.reasons || jsonb_build_array(jsonb_build_object(
    'code', 'code_taken', 'weight', 'refused', 'field', 'code',
    'params', jsonb_build_object('code', s.fields->>'code')))
FROM (
    SELECT s.id, row_number() OVER (PARTITION BY s.fields->>'code' ORDER BY s.row, s.id) AS nth,
           EXISTS (SELECT FROM {table} t
                   WHERE t.code = s.fields->>'code' AND t.id IS DISTINCT FROM s.target_id) AS taken
    FROM importers_stagedrow s
    WHERE s.run_id = %(run)s AND s.kind = %(kind)s AND coalesce(s.fields->>'code', '') <> ''
      AND s.action IN ('created', 'changed', 'same', 'conflict')
) c
WHERE c.id = s.id AND (c.nth > 1 OR c.taken)
"""
#: A component keeps its code, and its class must be one that is known.
CLASSES = """
UPDATE importers_stagedrow s SET action = 'refused', reasons = s.reasons || jsonb_build_array(jsonb_build_object(
    'code', CASE WHEN s.before ? 'code' THEN 'component_code_kept' ELSE 'component_class_unknown' END,
    'weight', 'refused', 'field', 'code',
    'params', jsonb_build_object('code', s.fields->>'code', 'now', s.before->>'code',
                                 'class', s.fields->>'category_id')))
WHERE s.run_id = %(run)s AND s.kind = %(kind)s AND s.action IN ('created', 'changed', 'same', 'conflict')
  AND (s.before ? 'code'
       OR NOT EXISTS (SELECT FROM territory_componentclass c WHERE c.code = s.fields->>'category_id'))
"""


def complete(checked: Checked, record_fields: Any, columns: Any) -> None:
    """What follows from the values of a checked row. `columns` are those the file's fields were taken from."""
    if checked.kind == "cameras":
        _camera(checked, record_fields.get(columns.get("bearing_deg", "")))
    elif checked.kind == "lamps":
        if "lit" not in columns and "status" in columns:
            checked.fields["lit"] = {"working": True, "broken": False}.get(str(checked.fields.get("status")))
    elif checked.kind == "facilities":
        _hours(checked)
    elif checked.kind == "components":
        code = str(checked.fields.get("code") or "")
        checked.fields["category_id"] = code[6:10]
        if not columns.get("source_ref"):
            checked.key = code


def _camera(checked: Checked, direction: Any) -> None:
    """A range of directions says the angle, too; a number in the source of twenty digits is the device code."""
    found = read_direction(str(direction)) if isinstance(direction, str) else None
    if found and found.angle_deg and checked.fields.get("angle_deg") is None:
        checked.fields["angle_deg"] = found.angle_deg
    if found and found.several:
        checked.reasons.append(Reason("direction_several", Weight.NOTED, "bearing_deg", {"value": direction[:40]}))
    if "code" not in checked.fields and len(checked.key) == DEVICE_DIGITS and checked.key.isdigit():
        checked.fields["code"] = checked.key


def _hours(checked: Checked) -> None:
    """The table of the week from the source's words; what can't be read stays as text and is reported."""
    if "hours_text" not in checked.fields:
        return
    text = str(checked.fields["hours_text"] or "")
    reading = read_hours(text)
    checked.fields["hours"] = reading.hours.as_json() if reading.hours else None  # type: ignore[assignment]
    if text and reading.hours is None:
        checked.reasons.append(Reason("hours_not_read", Weight.NOTED, "hours_text", {"value": text[:80]}))
    elif reading.left:
        checked.reasons.append(Reason("hours_of_holidays", Weight.NOTED, "hours_text", {"value": text[:80]}))


def unite_poles(run: ImportRun, kind: Kind, cursor: Any) -> None:
    """Give what a file puts on one pole one position, once, when its rows were staged."""
    if kind.field("pole"):
        cursor.execute(POLES, {"run": run.pk, "kind": kind.name, "reach": POLE_REACH_M})


def refuse_clashes(run: ImportRun, kind: Kind, cursor: Any) -> None:
    """Refuse compared rows that the database would not take: poles that stand elsewhere, codes that are taken."""
    asked = {"run": run.pk, "kind": kind.name, "reach": POLE_REACH_M}
    if kind.field("pole"):
        own = {"camera": "NULL", "lamp": "NULL"}
        own["camera" if kind.name == "cameras" else "lamp"] = "same.target_id"
        cursor.execute(POLES_THERE.format(**own), asked)
    if kind.field("code") and kind.tended:
        cursor.execute(CODES.format(table=kind.table), asked)
    if kind.name == "components":
        cursor.execute(CLASSES, asked)
