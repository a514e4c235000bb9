"""What holds for equipment whoever writes it: counted changes, one position per pole, codes that say what they name,
revisions of the layers, traces with their place."""

from typing import ClassVar

from django.db import migrations

TEND = """
CREATE FUNCTION territory_tend() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    spot geometry := ST_PointOnSurface(NEW.geom);
BEGIN
    NEW.position := format('%s, %s', round(ST_X(spot)::numeric, 6), round(ST_Y(spot)::numeric, 6));
    IF TG_OP = 'UPDATE' THEN
        NEW.version := OLD.version + 1;
    END IF;
    RETURN NEW;
END $$;
"""

#: Up to which distance (m) a new camera or lamp is taken to stand on the pole that it names.
POLES = """
-- The county (six digits) that a spot lies in, '' where there is none.
CREATE FUNCTION territory_county_at(spot geometry) RETURNS text LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce((SELECT left(g.code, 6) FROM territory_regionedition e JOIN territory_region g ON g.id = e.region_id
        WHERE g.level >= 3 AND upper_inf(e.valid) AND ST_Covers(e.geom, spot) ORDER BY g.level DESC, g.code LIMIT 1), '')
$$;
-- Where the pole of that number stands in the county of `place`: what stands nearest on it.
CREATE FUNCTION territory_pole_spot(number text, place geometry, but_camera bigint, but_lamp bigint) RETURNS geometry
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT geom FROM (
        SELECT geom, 1 AS rank, id FROM territory_camera
            WHERE pole = number AND pole <> '' AND active AND id IS DISTINCT FROM but_camera
        UNION ALL
        SELECT geom, 2, id FROM territory_streetlamp
            WHERE pole = number AND pole <> '' AND active AND id IS DISTINCT FROM but_lamp
    ) standing WHERE territory_county_at(geom) = territory_county_at(place)
    ORDER BY geom <-> place, rank, id LIMIT 1
$$;
CREATE FUNCTION territory_stand_on_pole() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    spot geometry;
BEGIN
    IF NEW.pole = '' OR NOT NEW.active
       OR (TG_OP = 'UPDATE' AND NEW.pole = OLD.pole AND NEW.active = OLD.active) THEN
        RETURN NEW;
    END IF;
    spot := CASE WHEN TG_TABLE_NAME = 'territory_camera' THEN territory_pole_spot(NEW.pole, NEW.geom, NEW.id, NULL)
                 ELSE territory_pole_spot(NEW.pole, NEW.geom, NULL, NEW.id) END;
    IF spot IS NULL THEN
        RETURN NEW;
    END IF;
    IF NOT ST_DWithin(spot::geography, NEW.geom::geography, 30) THEN
        RAISE EXCEPTION 'pole % stands elsewhere', NEW.pole
            USING ERRCODE = '23514', CONSTRAINT = 'pole_has_one_position';
    END IF;
    NEW.geom := spot;
    RETURN NEW;
END $$;
CREATE FUNCTION territory_pole_moved() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.pole <> '' AND NEW.active THEN
        UPDATE territory_camera SET geom = NEW.geom
            WHERE pole = NEW.pole AND active AND geom::bytea <> NEW.geom::bytea
            AND ST_DWithin(geom::geography, OLD.geom::geography, 30);
        UPDATE territory_streetlamp SET geom = NEW.geom
            WHERE pole = NEW.pole AND active AND geom::bytea <> NEW.geom::bytea
            AND ST_DWithin(geom::geography, OLD.geom::geography, 30);
    END IF;
    RETURN NULL;
END $$;
"""
STANDING = ("camera", "streetlamp")
ON_POLES = "".join(
    f"""
CREATE TRIGGER a_stand_on_pole BEFORE INSERT OR UPDATE OF pole, active ON territory_{name}
    FOR EACH ROW EXECUTE FUNCTION territory_stand_on_pole();
CREATE TRIGGER pole_moved AFTER UPDATE OF geom ON territory_{name} FOR EACH ROW
    WHEN (NEW.pole <> '' AND NEW.geom::bytea IS DISTINCT FROM OLD.geom::bytea)
    EXECUTE FUNCTION territory_pole_moved();
"""
    for name in STANDING
)

CODES = """
CREATE FUNCTION territory_component_code() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.code <> OLD.code THEN
        RAISE EXCEPTION 'component % keeps its code', OLD.code
            USING ERRCODE = '23514', CONSTRAINT = 'component_code_is_for_ever';
    END IF;
    IF substr(NEW.code, 7, 4) <> NEW.category_id THEN
        RAISE EXCEPTION 'component % does not carry the code of its class', NEW.code
            USING ERRCODE = '23514', CONSTRAINT = 'component_code_names_its_class';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER component_code BEFORE INSERT OR UPDATE OF code, category_id ON territory_component
    FOR EACH ROW EXECUTE FUNCTION territory_component_code();
CREATE INDEX component_tiles ON territory_component USING gist (geom_3857);
CREATE TRIGGER bump_components AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON territory_component
    FOR EACH STATEMENT EXECUTE FUNCTION territory_bump('components');
CREATE TRIGGER bump_components AFTER UPDATE ON territory_componentclass
    FOR EACH STATEMENT EXECUTE FUNCTION territory_bump('components');
"""

TENDED = ("camera", "streetlamp", "facility", "component")
#: The community that a thing stands in: its auditors see what was done to it.
PLACE = """(SELECT g.code FROM territory_regionedition e JOIN territory_region g ON g.id = e.region_id
    WHERE g.level = 5 AND upper_inf(e.valid) AND ST_Covers(e.geom, ST_PointOnSurface(r.geom))
    ORDER BY g.code LIMIT 1)""".replace("\n", " ")
WATCH = "".join(f"SELECT traces_watch('territory_{name}', '-version', '@{PLACE}');\n" for name in TENDED)
WATCH += "SELECT traces_watch('territory_componentclass');\n"
TENDING = "".join(
    f"CREATE TRIGGER tend BEFORE INSERT OR UPDATE ON territory_{name} FOR EACH ROW EXECUTE FUNCTION territory_tend();\n"
    for name in TENDED
)
#: What stands there already gets its position in words, without a trace of it.
FILL = "".join(
    f"UPDATE territory_{name} SET position = format('%s, %s',"  # noqa: S608  (names of this file)
    " round(ST_X(geom)::numeric, 6), round(ST_Y(geom)::numeric, 6));\n"
    for name in ("camera", "streetlamp", "facility")
)
UNWATCH = "".join(f"SELECT traces_unwatch('territory_{name}');\n" for name in ("camera", "streetlamp", "facility"))

UNDO = (
    "".join(f"DROP TRIGGER tend ON territory_{name};\n" for name in TENDED)
    + "".join(
        f"DROP TRIGGER a_stand_on_pole ON territory_{name};\nDROP TRIGGER pole_moved ON territory_{name};\n"
        for name in STANDING
    )
    + "DROP TRIGGER component_code ON territory_component;\nDROP TRIGGER bump_components ON territory_component;\n"
    + "DROP TRIGGER bump_components ON territory_componentclass;\nDROP INDEX component_tiles;\n"
    + "DROP FUNCTION territory_tend, territory_stand_on_pole, territory_pole_moved, territory_component_code,"
    + " territory_pole_spot, territory_county_at;\n"
    + "".join(f"SELECT traces_watch('territory_{name}');\n" for name in ("camera", "streetlamp", "facility"))
    + "SELECT traces_unwatch('territory_component');\nSELECT traces_unwatch('territory_componentclass');\n"
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("territory", "0010_equipment"), ("traces", "0008_strangers")]
    operations: ClassVar = [
        migrations.RunSQL(UNWATCH + FILL, migrations.RunSQL.noop),
        migrations.RunSQL(TEND + TENDING + POLES + ON_POLES + CODES + WATCH, UNDO),
    ]
