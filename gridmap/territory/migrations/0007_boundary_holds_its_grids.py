"""A community boundary that comes into force must hold the grids in force; the other half of `grid_in_its_place`."""

from typing import ClassVar

from django.db import migrations

HOLDS = """
CREATE FUNCTION territory_boundary_holds_its_grids() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    this territory_regionedition%ROWTYPE;
    outside text;
BEGIN
    SELECT * INTO this FROM territory_regionedition WHERE id = NEW.id;
    IF NOT FOUND OR NOT upper_inf(this.valid) THEN
        RETURN NULL;
    END IF;
    SELECT g.code INTO outside FROM territory_gridedition e JOIN territory_grid g ON g.id = e.grid_id
        WHERE g.community_id = this.region_id AND upper_inf(e.valid)
          AND NOT ST_Covers(this.geom, e.geom) AND territory_sliver_m2(ST_Difference(e.geom, this.geom)) > 1.0
        LIMIT 1;
    IF outside IS NOT NULL THEN
        RAISE EXCEPTION 'grid % reaches outside the new boundary of its community', outside
            USING ERRCODE = '23514', CONSTRAINT = 'boundary_holds_its_grids';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER boundary_holds_its_grids AFTER INSERT ON territory_regionedition
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION territory_boundary_holds_its_grids();
"""
UNDO = """
DROP TRIGGER boundary_holds_its_grids ON territory_regionedition;
DROP FUNCTION territory_boundary_holds_its_grids;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("territory", "0006_tile_indexes")]
    operations: ClassVar = [migrations.RunSQL(HOLDS, UNDO)]
