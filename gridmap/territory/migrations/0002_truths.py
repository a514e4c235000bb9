"""What must never be false, held by triggers: codes, dated boundaries, grids inside their community, layer revisions."""

from typing import ClassVar

from django.db import migrations

CODES = """
CREATE FUNCTION territory_region_code() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE above territory_region%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.code <> OLD.code THEN
        RAISE EXCEPTION 'a region keeps its code %', OLD.code USING ERRCODE = '23514', CONSTRAINT = 'region_code_is_for_ever';
    END IF;
    IF NEW.parent_id IS NOT NULL THEN
        SELECT * INTO above FROM territory_region WHERE id = NEW.parent_id;
        IF above.level <> NEW.level - 1
           OR left(NEW.code, (ARRAY[2, 4, 6, 9])[above.level]) <> left(above.code, (ARRAY[2, 4, 6, 9])[above.level]) THEN
            RAISE EXCEPTION 'region % is not one level below %', NEW.code, above.code
                USING ERRCODE = '23514', CONSTRAINT = 'region_code_continues_its_parents';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER region_code BEFORE INSERT OR UPDATE ON territory_region
    FOR EACH ROW EXECUTE FUNCTION territory_region_code();

CREATE FUNCTION territory_grid_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'grid % can be retired, not deleted: its code is never given to another', OLD.code
            USING ERRCODE = '23514', CONSTRAINT = 'grid_code_is_never_reused';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.code <> OLD.code OR NEW.community_id <> OLD.community_id) THEN
        RAISE EXCEPTION 'grid % keeps its code and community', OLD.code
            USING ERRCODE = '23514', CONSTRAINT = 'grid_code_is_for_ever';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM territory_region r
                   WHERE r.id = NEW.community_id AND r.level = 5 AND r.code = left(NEW.code, 12)) THEN
        RAISE EXCEPTION 'grid % does not carry the code of its community', NEW.code
            USING ERRCODE = '23514', CONSTRAINT = 'grid_code_continues_its_communitys';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER grid_code BEFORE INSERT OR UPDATE OR DELETE ON territory_grid
    FOR EACH ROW EXECUTE FUNCTION territory_grid_code();
"""

DATED = """
CREATE FUNCTION territory_boundary_is_dated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.geom::bytea IS DISTINCT FROM OLD.geom::bytea THEN
        RAISE EXCEPTION 'a dated boundary is never edited, only followed by another'
            USING ERRCODE = '23514', CONSTRAINT = 'boundary_is_never_edited';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER region_boundary_is_dated BEFORE UPDATE OF geom ON territory_regionedition
    FOR EACH ROW EXECUTE FUNCTION territory_boundary_is_dated();
CREATE TRIGGER grid_boundary_is_dated BEFORE UPDATE OF geom ON territory_gridedition
    FOR EACH ROW EXECUTE FUNCTION territory_boundary_is_dated();
"""

#: A shared border computed in floating point may stick out by a hair; a square metre is beyond any hair. Measured with
#: borders straight in degrees: ST_Area on the ellipsoid bends them and would make a hair of some km a strip of ground.
INSIDE = """
CREATE FUNCTION territory_sliver_m2(shape geometry) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(ST_Area(shape) * 111320.0 ^ 2 * cos(radians((ST_YMin(shape) + ST_YMax(shape)) / 2)), 0)
$$;
CREATE FUNCTION territory_grid_in_its_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    this territory_gridedition%ROWTYPE;  -- as it stands when the transaction ends, not as it was inserted
    own territory_grid%ROWTYPE;
    home geometry;
    other text;
BEGIN
    SELECT * INTO this FROM territory_gridedition WHERE id = NEW.id;
    IF NOT FOUND OR isempty(this.valid) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO own FROM territory_grid WHERE id = this.grid_id;
    SELECT e.geom INTO home FROM territory_regionedition e
        WHERE e.region_id = own.community_id AND e.valid @> coalesce(lower(this.valid), now()) LIMIT 1;
    IF home IS NULL THEN
        RAISE EXCEPTION 'grid % has no community boundary in force', own.code
            USING ERRCODE = '23514', CONSTRAINT = 'grid_lies_in_its_community';
    END IF;
    IF NOT ST_Covers(home, this.geom) AND territory_sliver_m2(ST_Difference(this.geom, home)) > 1.0 THEN
        RAISE EXCEPTION 'grid % reaches outside its community', own.code
            USING ERRCODE = '23514', CONSTRAINT = 'grid_lies_in_its_community';
    END IF;
    SELECT g.code INTO other FROM territory_gridedition e JOIN territory_grid g ON g.id = e.grid_id
        WHERE e.id <> this.id AND e.geom && this.geom AND e.valid && this.valid
          AND g.community_id = own.community_id AND (g.kind = 'micro') = (own.kind = 'micro')
          AND ST_Intersects(e.geom, this.geom) AND NOT ST_Touches(e.geom, this.geom)
          AND territory_sliver_m2(ST_Intersection(e.geom, this.geom)) > 1.0
        LIMIT 1;
    IF other IS NOT NULL THEN
        RAISE EXCEPTION 'grid % overlaps grid %', own.code, other
            USING ERRCODE = '23514', CONSTRAINT = 'grids_do_not_overlap';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER grid_in_its_place AFTER INSERT ON territory_gridedition
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION territory_grid_in_its_place();
"""

REVISIONS = """
CREATE FUNCTION territory_bump() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO territory_layerrevision (layer, number) VALUES (TG_ARGV[0], 1)
        ON CONFLICT (layer) DO UPDATE SET number = territory_layerrevision.number + 1;
    RETURN NULL;
END $$;
"""

#: Which table changes which layer.
LAYERS = {
    "territory_region": "regions",
    "territory_regionedition": "regions",
    "territory_compound": "compounds",
    "territory_building": "buildings",
    "territory_grid": "grids",
    "territory_gridedition": "grids",
    "territory_groundfeature": "ground",
    "territory_camera": "cameras",
    "territory_streetlamp": "lamps",
    "territory_facility": "facilities",
}
BUMPS = "".join(
    f"CREATE TRIGGER bump_{layer} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
    f" FOR EACH STATEMENT EXECUTE FUNCTION territory_bump('{layer}');\n"
    for table, layer in LAYERS.items()
)

UNDO = """
DROP TRIGGER region_code ON territory_region;
DROP TRIGGER grid_code ON territory_grid;
DROP TRIGGER region_boundary_is_dated ON territory_regionedition;
DROP TRIGGER grid_boundary_is_dated ON territory_gridedition;
DROP TRIGGER grid_in_its_place ON territory_gridedition;
""" + "".join(f"DROP TRIGGER bump_{layer} ON {table};\n" for table, layer in LAYERS.items())
UNDO += """
DROP FUNCTION territory_region_code, territory_grid_code, territory_boundary_is_dated,
    territory_grid_in_its_place, territory_sliver_m2, territory_bump;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("territory", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(CODES + DATED + INSIDE + REVISIONS + BUMPS, UNDO),
    ]
