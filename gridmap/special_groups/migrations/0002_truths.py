"""Row rights, the trail, and the area that follows the resident."""

from typing import ClassVar

from django.db import migrations

SQL = """
CREATE TRIGGER special_record_area BEFORE INSERT OR UPDATE OF resident_id ON special_groups_specialrecord
    FOR EACH ROW EXECUTE FUNCTION population_area_by_resident();

CREATE FUNCTION special_groups_place(buildings bigint[]) RETURNS void LANGUAGE sql
SET "gridmap.areas" = '%' SET search_path = pg_catalog, public, pg_temp AS $$
    UPDATE special_groups_specialrecord s SET area = r.area
    FROM population_resident r JOIN population_dwelling d ON d.id = r.dwelling_id
    WHERE r.id = s.resident_id AND s.area <> r.area AND (buildings IS NULL OR d.building_id = ANY (buildings))
$$;

SELECT traces_protect('special_groups_specialrecord'), traces_watch('special_groups_specialrecord');
"""
UNDO = """
SELECT traces_unwatch('special_groups_specialrecord');
DROP FUNCTION special_groups_place(bigint[]);
DROP TRIGGER special_record_area ON special_groups_specialrecord;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("special_groups", "0001_initial"), ("population", "0002_truths")]
    operations: ClassVar = [migrations.RunSQL(SQL, UNDO)]
