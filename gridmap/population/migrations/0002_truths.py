"""What the database holds by itself: whose area a row lies in, who sees it, who changed it, and the counts.

The functions that follow buildings and count see every area and answer with numbers of rows only.
"""

from typing import ClassVar

from django.db import migrations

PLACE = r"""
-- Compound, building, unit, room, so that doors stand in the order in which somebody walks past them.
CREATE FUNCTION population_natural(part text, digits int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lpad(coalesce(substring(part FROM '\d+'), ''), digits, '0') || left(part, 20)
$$;
CREATE FUNCTION population_building_order(compound bigint, number text, building bigint) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lpad(coalesce(compound, 0)::text, 9, '0') || lpad(coalesce(substring(number FROM '\d+'), ''), 6, '0')
           || lpad(building::text, 10, '0')
$$;
CREATE FUNCTION population_door_order(compound bigint, number text, building bigint, unit text, room text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT population_building_order(compound, number, building)
           || '/' || population_natural(unit, 4) || '/' || population_natural(room, 6)
$$;

CREATE FUNCTION population_dwelling_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT coalesce(g.code, c.code, ''), b.point,
           population_door_order(b.compound_id, b.number, b.id, NEW.unit, NEW.room)
        INTO NEW.area, NEW.location, NEW.door_order
        FROM territory_building b LEFT JOIN territory_grid g ON g.id = b.grid_id
        LEFT JOIN territory_region c ON c.id = b.community_id WHERE b.id = NEW.building_id;
    RETURN NEW;
END $$;
CREATE TRIGGER dwelling_place BEFORE INSERT OR UPDATE OF building_id, unit, room ON population_dwelling
    FOR EACH ROW EXECUTE FUNCTION population_dwelling_place();

-- A dwelling outside the areas of the open door is not found: nobody is put where one may not look.
CREATE FUNCTION population_place_by_dwelling() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT d.area, d.location, d.door_order INTO NEW.area, NEW.location, NEW.door_order
        FROM population_dwelling d WHERE d.id = NEW.dwelling_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the dwelling lies outside the areas that are open here'
            USING ERRCODE = '23514', CONSTRAINT = 'dwelling_is_within_reach';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER household_place BEFORE INSERT OR UPDATE OF dwelling_id ON population_household
    FOR EACH ROW EXECUTE FUNCTION population_place_by_dwelling();
CREATE TRIGGER resident_place BEFORE INSERT OR UPDATE OF dwelling_id ON population_resident
    FOR EACH ROW EXECUTE FUNCTION population_place_by_dwelling();

CREATE FUNCTION population_area_by_resident() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT r.area INTO NEW.area FROM population_resident r WHERE r.id = NEW.resident_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the resident lies outside the areas that are open here'
            USING ERRCODE = '23514', CONSTRAINT = 'resident_is_within_reach';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER care_tag_area BEFORE INSERT OR UPDATE OF resident_id ON population_caretag
    FOR EACH ROW EXECUTE FUNCTION population_area_by_resident();
CREATE TRIGGER conflict_area BEFORE INSERT OR UPDATE OF resident_id ON population_conflict
    FOR EACH ROW EXECUTE FUNCTION population_area_by_resident();
"""

#: After a re-drawing, an import of buildings, or somebody's move; all buildings where none are named.
FOLLOW = """
CREATE FUNCTION population_place(buildings bigint[]) RETURNS bigint LANGUAGE plpgsql
SET "gridmap.areas" = '%' SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    moved bigint := 0;
    rows bigint;
BEGIN
    UPDATE population_dwelling d SET area = t.area, location = t.point, door_order = t.door_order
    FROM (
        SELECT d.id, coalesce(g.code, c.code, '') AS area, b.point,
               population_door_order(b.compound_id, b.number, b.id, d.unit, d.room) AS door_order
        FROM population_dwelling d JOIN territory_building b ON b.id = d.building_id
        LEFT JOIN territory_grid g ON g.id = b.grid_id LEFT JOIN territory_region c ON c.id = b.community_id
        WHERE buildings IS NULL OR d.building_id = ANY (buildings)
    ) t
    WHERE d.id = t.id AND (d.area, d.door_order, d.location::bytea) IS DISTINCT FROM (t.area, t.door_order, t.point::bytea);
    GET DIAGNOSTICS rows = ROW_COUNT;
    moved := moved + rows;
    UPDATE population_household h SET area = d.area, location = d.location, door_order = d.door_order
    FROM population_dwelling d WHERE d.id = h.dwelling_id AND (buildings IS NULL OR d.building_id = ANY (buildings))
      AND (h.area, h.door_order, h.location::bytea) IS DISTINCT FROM (d.area, d.door_order, d.location::bytea);
    GET DIAGNOSTICS rows = ROW_COUNT;
    moved := moved + rows;
    UPDATE population_resident r SET area = d.area, location = d.location, door_order = d.door_order
    FROM population_dwelling d WHERE d.id = r.dwelling_id AND (buildings IS NULL OR d.building_id = ANY (buildings))
      AND (r.area, r.door_order, r.location::bytea) IS DISTINCT FROM (d.area, d.door_order, d.location::bytea);
    GET DIAGNOSTICS rows = ROW_COUNT;
    moved := moved + rows;
    UPDATE population_caretag t SET area = r.area
    FROM population_resident r JOIN population_dwelling d ON d.id = r.dwelling_id
    WHERE r.id = t.resident_id AND (buildings IS NULL OR d.building_id = ANY (buildings)) AND t.area <> r.area;
    UPDATE population_conflict t SET area = r.area
    FROM population_resident r JOIN population_dwelling d ON d.id = r.dwelling_id
    WHERE r.id = t.resident_id AND (buildings IS NULL OR d.building_id = ANY (buildings)) AND t.area <> r.area;
    RETURN moved;
END $$;
"""

#: Statements without a row to change are not run: each would raise the revision of a layer, and every tile with it.
COUNT = """
CREATE FUNCTION population_weigh(residents uuid[]) RETURNS bigint LANGUAGE plpgsql
SET "gridmap.areas" = '%' SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    changed bigint;
BEGIN
    UPDATE population_resident r SET risk = t.risk
    FROM (
        SELECT r.id, CASE min(CASE c.risk WHEN 'high' THEN 1 WHEN 'key' THEN 2 WHEN 'general' THEN 3 END)
                     WHEN 1 THEN 'high' WHEN 2 THEN 'key' WHEN 3 THEN 'general' ELSE '' END AS risk
        FROM population_resident r LEFT JOIN population_caretag c ON c.resident_id = r.id AND c.until IS NULL
        WHERE residents IS NULL OR r.id = ANY (residents)
        GROUP BY r.id
    ) t
    WHERE r.id = t.id AND r.risk <> t.risk;
    GET DIAGNOSTICS changed = ROW_COUNT;
    RETURN changed;
END $$;

-- The communities whose buildings got other figures, for who counts their grids. One count at a time: of two at once
-- each would miss what the other has just written.
CREATE FUNCTION population_recount(buildings bigint[], today_year int) RETURNS SETOF bigint LANGUAGE plpgsql
SET "gridmap.areas" = '%' SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('gridmap.population.count'));
    CREATE TEMP TABLE population_counted ON COMMIT DROP AS
    WITH doors AS (
        SELECT building_id, count(*) AS dwellings, count(*) FILTER (WHERE occupancy = 'let') AS let,
               count(*) FILTER (WHERE occupancy = 'vacant') AS vacant
        FROM population_dwelling WHERE purpose = 'home' AND (buildings IS NULL OR building_id = ANY (buildings))
        GROUP BY building_id
    ), people AS (
        SELECT d.building_id, coalesce(r.household_id, r.dwelling_id) AS household, count(*) AS residents,
               count(*) FILTER (WHERE r.birth_year <= today_year - 60) AS elders,
               min(CASE r.risk WHEN 'high' THEN 1 WHEN 'key' THEN 2 WHEN 'general' THEN 3 END) AS worst
        FROM population_resident r JOIN population_dwelling d ON d.id = r.dwelling_id
        WHERE r.present AND (buildings IS NULL OR d.building_id = ANY (buildings))
        GROUP BY 1, 2
    ), homes AS (
        SELECT building_id, count(*) AS households, sum(residents) AS residents, sum(elders) AS elders,
               count(*) FILTER (WHERE worst = 1) AS high, count(*) FILTER (WHERE worst = 2) AS key,
               count(*) FILTER (WHERE worst = 3) AS general
        FROM people GROUP BY building_id
    )
    SELECT b.id, coalesce(d.dwellings, 0)::int AS dwellings, coalesce(d.let, 0)::int AS let,
           coalesce(d.vacant, 0)::int AS vacant, coalesce(h.households, 0)::int AS households,
           coalesce(h.residents, 0)::int AS residents, coalesce(h.elders, 0)::int AS elders,
           coalesce(h.high, 0)::int AS high, coalesce(h.key, 0)::int AS key, coalesce(h.general, 0)::int AS general
    FROM territory_building b LEFT JOIN doors d ON d.building_id = b.id LEFT JOIN homes h ON h.building_id = b.id
    LEFT JOIN population_buildingcount known ON known.building_id = b.id
    WHERE (buildings IS NULL OR b.id = ANY (buildings))
      AND (d.building_id IS NOT NULL OR h.building_id IS NOT NULL OR known.building_id IS NOT NULL);

    IF EXISTS (
        SELECT FROM population_counted t LEFT JOIN population_buildingcount c ON c.building_id = t.id
        WHERE (t.dwellings, t.let, t.vacant, t.households, t.residents, t.elders, t.high, t.key, t.general)
              IS DISTINCT FROM (c.dwellings, c.let, c.vacant, c.households, c.residents, c.elders, c.care_high,
                                c.care_key, c.care_general)
    ) THEN
        INSERT INTO population_buildingcount AS c (building_id, dwellings, let, vacant, households, residents, elders,
                                                   care_high, care_key, care_general)
        SELECT * FROM population_counted
        ON CONFLICT (building_id) DO UPDATE SET dwellings = excluded.dwellings, let = excluded.let,
            vacant = excluded.vacant, households = excluded.households, residents = excluded.residents,
            elders = excluded.elders, care_high = excluded.care_high, care_key = excluded.care_key,
            care_general = excluded.care_general
        WHERE (c.dwellings, c.let, c.vacant, c.households, c.residents, c.elders, c.care_high, c.care_key, c.care_general)
              IS DISTINCT FROM (excluded.dwellings, excluded.let, excluded.vacant, excluded.households,
                                excluded.residents, excluded.elders, excluded.care_high, excluded.care_key,
                                excluded.care_general);
    END IF;

    IF EXISTS (
        SELECT FROM population_counted t JOIN territory_building b ON b.id = t.id
        JOIN population_countauthority a ON a.community_id = b.community_id
        WHERE (b.dwellings, b.households, b.residents, b.elders)
              IS DISTINCT FROM (t.dwellings, t.households, t.residents, t.elders)
    ) THEN
        RETURN QUERY
        WITH changed AS (
            UPDATE territory_building b
            SET dwellings = t.dwellings, households = t.households, residents = t.residents, elders = t.elders
            FROM population_counted t, population_countauthority a
            WHERE b.id = t.id AND a.community_id = b.community_id
              AND (b.dwellings, b.households, b.residents, b.elders)
                  IS DISTINCT FROM (t.dwellings, t.households, t.residents, t.elders)
            RETURNING b.community_id
        )
        SELECT DISTINCT community_id FROM changed;
    END IF;
    DROP TABLE population_counted;
END $$;

CREATE TRIGGER bump_people AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON population_buildingcount
    FOR EACH STATEMENT EXECUTE FUNCTION territory_bump('people');
"""

#: Not logged: places, which follow from the building, and marks, by which one person could be followed through the trail.
GUARD = """
SELECT traces_protect('population_dwelling'), traces_watch('population_dwelling', '-location', '-door_order');
SELECT traces_protect('population_household'), traces_watch('population_household', '-location', '-door_order');
SELECT traces_protect('population_resident'),
       traces_watch('population_resident', '-location', '-door_order', '-name_blind', '-id_number_blind', '-phone_blind');
SELECT traces_protect('population_caretag'), traces_watch('population_caretag');
SELECT traces_protect('population_conflict'), traces_watch('population_conflict');
SELECT traces_watch('population_fieldauthority'), traces_watch('population_exportrequest'),
       traces_watch('population_countauthority', '@(SELECT code FROM territory_region c WHERE c.id = r.community_id)');
"""
UNGUARD = """
SELECT traces_unwatch(name::regclass) FROM unnest(ARRAY['population_dwelling', 'population_household',
    'population_resident', 'population_caretag', 'population_conflict', 'population_fieldauthority',
    'population_exportrequest', 'population_countauthority']) name;
"""
UNDO = """
DROP TRIGGER bump_people ON population_buildingcount;
DROP TRIGGER dwelling_place ON population_dwelling;
DROP TRIGGER household_place ON population_household;
DROP TRIGGER resident_place ON population_resident;
DROP TRIGGER care_tag_area ON population_caretag;
DROP TRIGGER conflict_area ON population_conflict;
DROP FUNCTION population_recount(bigint[], int), population_weigh(uuid[]), population_place(bigint[]),
    population_area_by_resident(), population_place_by_dwelling(), population_dwelling_place(),
    population_door_order(bigint, text, bigint, text, text), population_building_order(bigint, text, bigint),
    population_natural(text, int);
"""
NUMBERS = "CREATE SEQUENCE population_export_number;"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("population", "0001_initial"), ("traces", "0001_entries")]
    operations: ClassVar = [
        migrations.RunSQL(PLACE + FOLLOW + COUNT + NUMBERS, UNDO + "DROP SEQUENCE population_export_number;"),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
