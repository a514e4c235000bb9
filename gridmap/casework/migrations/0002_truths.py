"""What the database holds by itself: the network of a class, the place of a case on its day, whether it is overdue."""

from typing import ClassVar

from django.db import migrations

NUMBERS = "CREATE SEQUENCE casework_case_number;"

#: One key for the class and its network: neither a case nor a lower class can name another network than its class.
NETWORKS = """
ALTER TABLE casework_category ADD CONSTRAINT category_has_its_parents_network
    FOREIGN KEY (parent_id, network) REFERENCES casework_category (id, network) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE casework_case ADD CONSTRAINT case_has_its_category_s_network
    FOREIGN KEY (category_id, network) REFERENCES casework_category (id, network) DEFERRABLE INITIALLY DEFERRED;

CREATE FUNCTION casework_category_levels() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.parent_id IS NOT NULL AND (
        EXISTS (SELECT FROM casework_category c WHERE c.id = NEW.parent_id AND c.parent_id IS NOT NULL)
        OR EXISTS (SELECT FROM casework_category c WHERE c.parent_id = NEW.id)
    ) THEN
        RAISE EXCEPTION 'class % would make a third level', NEW.code
            USING ERRCODE = '23514', CONSTRAINT = 'categories_have_two_levels';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER category_levels BEFORE INSERT OR UPDATE OF parent_id ON casework_category
    FOR EACH ROW EXECUTE FUNCTION casework_category_levels();
"""

#: The grid in force when the case was reported, and its community; where there was none, the one in force now. A case on
#: a border lies in the grid with the lowest code. Micro-grids are parts of grids and hold no cases of their own.
PLACE = """
CREATE FUNCTION casework_case_place() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.geom::bytea <> OLD.geom::bytea OR NEW.reported_at <> OLD.reported_at THEN
        SELECT coalesce(g.community_id, c.region_id), g.grid_id, coalesce(g.code, c.code, '')
            INTO NEW.community_id, NEW.grid_id, NEW.area
        FROM (SELECT) AS one LEFT JOIN LATERAL (
            SELECT e.grid_id, grid.code, grid.community_id
            FROM territory_gridedition e JOIN territory_grid grid ON grid.id = e.grid_id
            WHERE grid.kind <> 'micro' AND ST_Covers(e.geom, NEW.geom)
              AND (e.valid @> NEW.reported_at OR upper_inf(e.valid))
            ORDER BY e.valid @> NEW.reported_at DESC, grid.code LIMIT 1
        ) g ON TRUE LEFT JOIN LATERAL (
            SELECT e.region_id, r.code
            FROM territory_regionedition e JOIN territory_region r ON r.id = e.region_id
            WHERE g.grid_id IS NULL AND r.level = 5 AND ST_Covers(e.geom, NEW.geom)
              AND (e.valid @> NEW.reported_at OR upper_inf(e.valid))
            ORDER BY e.valid @> NEW.reported_at DESC, r.code LIMIT 1
        ) c ON TRUE;
    ELSIF (NEW.community_id, NEW.grid_id, NEW.area) IS DISTINCT FROM (OLD.community_id, OLD.grid_id, OLD.area) THEN
        RAISE EXCEPTION 'case % keeps the place of its day', OLD.number
            USING ERRCODE = '23514', CONSTRAINT = 'case_keeps_its_place';
    END IF;
    -- By the clock, or because somebody marks it by theirs.
    NEW.overdue := NEW.stage NOT IN ('closed', 'refused') AND NEW.due_at IS NOT NULL AND (
        NEW.due_at <= now() OR TG_OP = 'UPDATE' AND NEW.overdue AND NOT OLD.overdue);
    RETURN NEW;
END $$;
CREATE TRIGGER case_place BEFORE INSERT OR UPDATE ON casework_case
    FOR EACH ROW EXECUTE FUNCTION casework_case_place();
CREATE INDEX case_tiles ON casework_case USING gist (geom_3857);
"""

#: Not logged: what follows from due time and clock.
WATCH = """
SELECT traces_watch('casework_category'), traces_watch('casework_case', '-overdue');
"""
UNWATCH = """
SELECT traces_unwatch('casework_category'), traces_unwatch('casework_case');
"""
UNDO = """
DROP INDEX case_tiles;
DROP TRIGGER case_place ON casework_case;
DROP TRIGGER category_levels ON casework_category;
ALTER TABLE casework_case DROP CONSTRAINT case_has_its_category_s_network;
ALTER TABLE casework_category DROP CONSTRAINT category_has_its_parents_network;
DROP FUNCTION casework_case_place(), casework_category_levels();
DROP SEQUENCE casework_case_number;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("casework", "0001_initial"),
        ("territory", "0009_building_shapes"),
        ("traces", "0001_entries"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(NUMBERS + NETWORKS + PLACE, UNDO),
        migrations.RunSQL(WATCH, UNWATCH),
    ]
