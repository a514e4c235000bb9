"""Counts for the overview, news for open pages and the layer's revision, kept by triggers as cases change.

Writers add what they changed to `casework_binchange` and touch nothing that another writer holds: no row is hot, none
waits for another, whatever the order. `casework_fold` adds the changes to `casework_bin`, one folder at a time and in
the order of the keys; readers add both (`docs/adr/0012-counts-are-folded-later.md`).
"""

from typing import ClassVar

from django.db import migrations, models

#: Columns in the order of `gridmap.casework.models.bins.KEPT`; `#` is the sign.
COUNTED = """
    #(r.network = 'social_work' AND r.is_open)::int, #(r.network = 'social_work' AND NOT r.is_open)::int,
    #(r.network = 'city_management' AND r.is_open)::int, #(r.network = 'city_management' AND NOT r.is_open)::int,
    #(r.network = 'governance' AND r.is_open)::int, #(r.network = 'governance' AND NOT r.is_open)::int,
    #(r.urgent AND r.is_open)::int, #r.overdue::int,
    #casework_place(ST_X(r.geom_3857)) * r.is_open::int, #casework_place(-ST_Y(r.geom_3857)) * r.is_open::int
"""
NAMES = (
    "social_open, social_closed, city_open, city_closed, governance_open, governance_closed, urgent, overdue,"
    " open_x, open_y"
)
NONE = " AND ".join(f"sum({name}) = 0" for name in NAMES.split(", "))
SUMS = ", ".join(f"sum({name})" for name in NAMES.split(", "))
SUMMED = ", ".join(f"sum({name}) AS {name}" for name in NAMES.split(", "))
ADDED = ", ".join(f"{name} = b.{name} + l.{name}" for name in NAMES.split(", "))
#: Squares of the nearest zoom, counted from north-west: 2^18 in each direction of the Web-Mercator square.
SQUARE = "casework_square(ST_X(r.geom_3857)), casework_square(-ST_Y(r.geom_3857)), left(r.area, 12)"


def counted(table: str, sign: str) -> str:
    """What the rows of a transition table add to the counts, or take away."""
    return f"SELECT {SQUARE}, {COUNTED.replace('#', sign)} FROM {table} r"  # noqa: S608  (constant pieces)


def summed(rows: str) -> str:
    """The statement that notes the changes, each square once, without what adds up to nothing."""
    insert = f"INSERT INTO casework_binchange (x, y, area, {NAMES}) SELECT x, y, area, {SUMS}"
    return f"{insert} FROM ({rows}) changes (x, y, area, {NAMES}) GROUP BY x, y, area HAVING NOT ({NONE});"


BINS = f"""
CREATE INDEX bins_empty ON casework_bin (z) WHERE social_open + social_closed + city_open + city_closed
    + governance_open + governance_closed = 0;

CREATE FUNCTION casework_square(metres double precision) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN least(greatest(floor((metres + 20037508.342789244) / 40075016.68557849 * 262144), 0), 262143)::int;

-- The same 256 times as fine, so that a place never leaves its square.
CREATE FUNCTION casework_place(metres double precision) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN least(greatest(floor((metres + 20037508.342789244) / 40075016.68557849 * 67108864), 0), 67108863)::int;

CREATE FUNCTION casework_count() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {summed(counted("fresh", "+"))}
    ELSIF TG_OP = 'DELETE' THEN
        {summed(counted("former", "-"))}
    ELSIF TG_OP = 'UPDATE' THEN
        {summed(counted("fresh", "+") + " UNION ALL " + counted("former", "-"))}
    ELSE
        DELETE FROM casework_binchange;
        DELETE FROM casework_bin;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_insert AFTER INSERT ON casework_case REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION casework_count();
CREATE TRIGGER count_update AFTER UPDATE ON casework_case REFERENCING OLD TABLE AS former NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION casework_count();
CREATE TRIGGER count_delete AFTER DELETE ON casework_case REFERENCING OLD TABLE AS former
    FOR EACH STATEMENT EXECUTE FUNCTION casework_count();
CREATE TRIGGER count_truncate AFTER TRUNCATE ON casework_case
    FOR EACH STATEMENT EXECUTE FUNCTION casework_count();

-- Add up to `most` changes to the bins of every zoom; returns how many, and none while somebody else folds.
CREATE FUNCTION casework_fold(most bigint) RETURNS bigint LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    folded bigint := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('gridmap.casework.fold')) THEN
        RETURN 0;
    END IF;
    WITH taken AS (
        DELETE FROM casework_binchange WHERE id IN (SELECT id FROM casework_binchange ORDER BY id LIMIT most) RETURNING *
    ), levels AS (
        SELECT z, x >> 18 - z AS tx, y >> 18 - z AS ty, (y >> 14 - z & 15) * 16 + (x >> 14 - z & 15) AS square, area,
               {SUMMED}
        FROM taken CROSS JOIN generate_series(0, 14) z
        GROUP BY 1, 2, 3, 4, 5 HAVING NOT ({NONE}) ORDER BY 1, 2, 3, 4, 5
    ), more AS (
        UPDATE casework_bin b SET {ADDED} FROM levels l
        WHERE (b.z, b.x, b.y, b.cell, b.area) = (l.z, l.tx, l.ty, l.square, l.area)
    ), fresh AS (
        INSERT INTO casework_bin (z, x, y, cell, area, {NAMES})
        SELECT * FROM levels l WHERE NOT EXISTS (
            SELECT FROM casework_bin b WHERE (b.z, b.x, b.y, b.cell, b.area) = (l.z, l.tx, l.ty, l.square, l.area))
    )
    SELECT count(*) INTO folded FROM taken;
    DELETE FROM casework_bin WHERE social_open + social_closed + city_open + city_closed
        + governance_open + governance_closed = 0;
    RETURN folded;
END $$;
"""  # noqa: S608  (constant pieces)

#: Of more changes at a time pages look at everything afresh, so one line for each community is enough.
MOST_NEWS = 100
#: What a page draws of a case. Only where the area is a grid's do hearers and viewers of the case coincide: news of wider
#: areas is heard by those below as well, so it says that something has changed, and not what.
NEWS = f"""
CREATE FUNCTION casework_told(r casework_case, change text) RETURNS jsonb LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN length(r.area) < 15 THEN '{{}}'::jsonb ELSE jsonb_build_object(
        'change', change, 'lon', round(ST_X(r.geom)::numeric, 7), 'lat', round(ST_Y(r.geom)::numeric, 7),
        'k', r.network, 'c', (SELECT coalesce(above.code, c.code) FROM casework_category c
                              LEFT JOIN casework_category above ON above.id = c.parent_id WHERE c.id = r.category_id),
        's', r.stage, 'o', r.is_open, 'u', r.urgent, 'd', (extract(epoch FROM r.due_at) / 60)::int) END
$$;

CREATE FUNCTION casework_tell() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    many boolean;
BEGIN
    IF TG_OP = 'DELETE' THEN
        SELECT count(*) > {MOST_NEWS} INTO many FROM former;
    ELSE
        SELECT count(*) > {MOST_NEWS} INTO many FROM fresh;
    END IF;
    IF many AND TG_OP = 'DELETE' THEN
        INSERT INTO outbox_news (area, kind, reference, data)
        SELECT DISTINCT left(r.area, 12), 'cases', '', '{{}}'::jsonb FROM former r WHERE r.area <> '';
    ELSIF many THEN
        INSERT INTO outbox_news (area, kind, reference, data)
        SELECT DISTINCT left(r.area, 12), 'cases', '', '{{}}'::jsonb FROM fresh r WHERE r.area <> '';
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO outbox_news (area, kind, reference, data)
        SELECT r.area, 'case', CASE WHEN length(r.area) = 15 THEN r.id::text ELSE '' END, '{{"change": "gone"}}'::jsonb
        FROM former r WHERE r.area <> '';
    ELSIF TG_OP = 'INSERT' THEN
        INSERT INTO outbox_news (area, kind, reference, data)
        SELECT r.area, 'case', CASE WHEN length(r.area) = 15 THEN r.id::text ELSE '' END, casework_told(r, 'new')
        FROM fresh r WHERE r.area <> '';
    ELSE
        INSERT INTO outbox_news (area, kind, reference, data)
        SELECT o.area, 'case', CASE WHEN length(o.area) = 15 THEN o.id::text ELSE '' END, '{{"change": "gone"}}'::jsonb
        FROM former o JOIN fresh r ON r.id = o.id WHERE o.area <> '' AND o.area <> r.area
        UNION ALL
        SELECT r.area, 'case', CASE WHEN length(r.area) = 15 THEN r.id::text ELSE '' END, casework_told(r, 'changed')
        FROM fresh r WHERE r.area <> '';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tell_insert AFTER INSERT ON casework_case REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION casework_tell();
CREATE TRIGGER tell_update AFTER UPDATE ON casework_case REFERENCING OLD TABLE AS former NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION casework_tell();
CREATE TRIGGER tell_delete AFTER DELETE ON casework_case REFERENCING OLD TABLE AS former
    FOR EACH STATEMENT EXECUTE FUNCTION casework_tell();
"""  # noqa: S608  (a figure alone)

#: At the commit, and once for each: whoever imports for an hour does not hold up whoever reports meanwhile.
REVISION = """
CREATE FUNCTION casework_bump() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF coalesce(current_setting('gridmap.cases_bumped', true), '') <> pg_current_xact_id()::text THEN
        PERFORM set_config('gridmap.cases_bumped', pg_current_xact_id()::text, true);
        INSERT INTO territory_layerrevision (layer, number, changed_at) VALUES ('cases', 1, now())
            ON CONFLICT (layer) DO UPDATE SET number = territory_layerrevision.number + 1, changed_at = now();
    END IF;
    RETURN NULL;
END $$;
-- A statement after the deferred ones were done early must be done as well.
CREATE FUNCTION casework_bump_again() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM set_config('gridmap.cases_bumped', '', true);
    RETURN NULL;
END $$;
CREATE TRIGGER bump_again AFTER INSERT OR UPDATE OR DELETE ON casework_case
    FOR EACH STATEMENT EXECUTE FUNCTION casework_bump_again();
CREATE CONSTRAINT TRIGGER bump_cases AFTER INSERT OR DELETE ON casework_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION casework_bump();
CREATE CONSTRAINT TRIGGER bump_changed_cases AFTER UPDATE ON casework_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (
        (OLD.geom::bytea, OLD.network, OLD.category_id, OLD.stage, OLD.urgent, OLD.due_at, OLD.overdue, OLD.area)
        IS DISTINCT FROM
        (NEW.geom::bytea, NEW.network, NEW.category_id, NEW.stage, NEW.urgent, NEW.due_at, NEW.overdue, NEW.area)
    ) EXECUTE FUNCTION casework_bump();
CREATE TRIGGER bump_no_cases AFTER TRUNCATE ON casework_case
    FOR EACH STATEMENT EXECUTE FUNCTION territory_bump('cases');
CREATE TRIGGER bump_categories AFTER UPDATE OF code, parent_id ON casework_category
    FOR EACH STATEMENT EXECUTE FUNCTION territory_bump('cases');
"""

UNDO = """
DROP TRIGGER bump_categories ON casework_category;
DROP TRIGGER bump_no_cases ON casework_case;
DROP TRIGGER bump_changed_cases ON casework_case;
DROP TRIGGER bump_cases ON casework_case;
DROP TRIGGER bump_again ON casework_case;
DROP TRIGGER tell_insert ON casework_case;
DROP TRIGGER tell_update ON casework_case;
DROP TRIGGER tell_delete ON casework_case;
DROP TRIGGER count_insert ON casework_case;
DROP TRIGGER count_update ON casework_case;
DROP TRIGGER count_delete ON casework_case;
DROP TRIGGER count_truncate ON casework_case;
DROP INDEX bins_empty;
DROP FUNCTION casework_bump(), casework_bump_again(), casework_tell(), casework_told(casework_case, text),
    casework_fold(bigint), casework_count(), casework_square(double precision), casework_place(double precision);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("casework", "0002_truths"), ("outbox", "0001_initial")]
    operations: ClassVar = [
        *(
            migrations.AddField(model, name, models.BigIntegerField(default=0))
            for model in ("bin", "binchange")
            for name in ("open_x", "open_y")
        ),
        migrations.AddConstraint(
            "bin",
            models.CheckConstraint(
                condition=models.Q(open_x__gte=0, open_y__gte=0), name="bin_places_are_not_negative"
            ),
        ),
        migrations.RunSQL(BINS + NEWS + REVISION, UNDO),
    ]
