"""Whose an ID number is, for the trail of the place where that person lives."""

from typing import ClassVar

from django.db import migrations

TAKEN = """
CREATE FUNCTION population_present_with(marks text[]) RETURNS TABLE (resident uuid, place text) LANGUAGE sql STABLE
SET "gridmap.areas" = '%' SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT r.id, r.area::text FROM population_resident r WHERE r.present AND r.id_number_blind = ANY (marks)
$$;
REVOKE ALL ON FUNCTION population_present_with(text[]) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("population", "0002_truths")]
    operations: ClassVar = [migrations.RunSQL(TAKEN, "DROP FUNCTION population_present_with(text[])")]
