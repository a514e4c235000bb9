"""Every function of ours finds its tables and functions where its owner put them, whoever calls it.

Trigger functions get a fixed search path. Expressions that the planner puts in place of their call cannot have one
without losing that; their text is bound when they are made instead (`RETURN`), which is as good.
"""

from typing import ClassVar

from django.db import migrations

BOUND = r"""
CREATE OR REPLACE FUNCTION traces_area(code text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN code IS NULL THEN ''
    WHEN length(code) = 12 AND code ~ '0{10}$' THEN left(code, 2)
    WHEN length(code) = 12 AND code ~ '0{8}$' THEN left(code, 4)
    WHEN length(code) = 12 AND code ~ '0{6}$' THEN left(code, 6)
    WHEN length(code) = 12 AND code ~ '0{3}$' THEN left(code, 9)
    ELSE left(code, 15)
END;

CREATE OR REPLACE FUNCTION traces_role() RETURNS text LANGUAGE sql STABLE
RETURN session_user || CASE WHEN current_setting('role') IN ('none', session_user::text) THEN ''
                            ELSE '/' || current_setting('role') END;

CREATE OR REPLACE FUNCTION traces_content(e traces_entry) RETURNS bytea LANGUAGE sql STABLE
RETURN sha256(convert_to(jsonb_build_array(
    e.id, (extract(epoch FROM e.at) * 1000000)::bigint, e.xid::text, e.kind, e.actor, e.request, e.table_name,
    e.row_id, e.area, e.before IS NULL, e.before, e.after IS NULL, e.after, e.detail, e.role)::text, 'UTF8'));

CREATE OR REPLACE FUNCTION traces_link(previous bytea, place bigint, entry bigint, made timestamptz, about_people boolean,
                                       content bytea)
RETURNS bytea LANGUAGE sql STABLE
RETURN sha256(previous || content || convert_to(
    concat_ws(' ', place, entry, (extract(epoch FROM made) * 1000000)::bigint, about_people::int), 'UTF8'));

CREATE OR REPLACE FUNCTION population_natural(part text, digits int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lpad(coalesce(substring(part FROM '\d+'), ''), digits, '0') || left(part, 20);

CREATE OR REPLACE FUNCTION population_building_order(compound bigint, number text, building bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN lpad(coalesce(compound, 0)::text, 9, '0') || lpad(coalesce(substring(number FROM '\d+'), ''), 6, '0')
       || lpad(building::text, 10, '0');

CREATE OR REPLACE FUNCTION population_door_order(compound bigint, number text, building bigint, unit text, room text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN population_building_order(compound, number, building)
       || '/' || population_natural(unit, 4) || '/' || population_natural(room, 6);
"""
PATHS = (
    "traces_hide(jsonb)",
    "accounts_organisation_tree()",
    "accounts_deputy_holds_the_same()",
    "territory_region_code()",
    "territory_grid_code()",
    "territory_boundary_is_dated()",
    "territory_sliver_m2(geometry)",
    "territory_grid_in_its_place()",
    "territory_bump()",
    "territory_boundary_holds_its_grids()",
    "population_dwelling_place()",
    "population_place_by_dwelling()",
    "population_area_by_resident()",
)
FIX = "".join(f"ALTER FUNCTION {one} SET search_path = pg_catalog, public, pg_temp;\n" for one in PATHS)
UNFIX = "".join(f"ALTER FUNCTION {one} RESET search_path;\n" for one in PATHS)


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("traces", "0005_second_factors"),
        ("accounts", "0004_sign_in"),
        ("territory", "0009_building_shapes"),
        ("population", "0002_truths"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(BOUND, migrations.RunSQL.noop),
        migrations.RunSQL(FIX, UNFIX),
    ]
