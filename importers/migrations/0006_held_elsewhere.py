"""Residents of any area by the marks of their ID numbers, with row and area, so that the trail can name them."""

from typing import ClassVar

from django.db import migrations, models

FORMER = """
CREATE FUNCTION importers_marks_elsewhere(marks text[]) RETURNS SETOF text LANGUAGE plpgsql STABLE
SET "gridmap.areas" = '%' SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT r.id_number_blind::text FROM population_resident r
    WHERE r.present AND r.id_number_blind <> '' AND r.id_number_blind = ANY (marks);
END $$;
"""
DROP = "DROP FUNCTION importers_marks_elsewhere(text[]);"
HELD = """
-- For the note in the trail alone: nobody is shown a row or an area that lies outside theirs.
CREATE FUNCTION importers_marks_elsewhere(marks text[]) RETURNS TABLE (mark text, resident uuid, area text)
LANGUAGE plpgsql STABLE SET "gridmap.areas" = '%' SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT r.id_number_blind::text, r.id, r.area::text FROM population_resident r
    WHERE r.present AND r.id_number_blind <> '' AND r.id_number_blind = ANY (marks);
END $$;
-- It opens all areas by itself: for the application's role alone (`gridmap.traces.roles.FUNCTIONS`).
REVOKE EXECUTE ON FUNCTION importers_marks_elsewhere(text[]) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("importers", "0005_list_guards")]
    operations: ClassVar = [
        migrations.RunSQL(DROP + HELD, DROP + FORMER),
        migrations.AlterField(
            model_name="listrow",
            name="action",
            field=models.CharField(
                blank=True,
                choices=[
                    ("created", "new"),
                    ("changed", "changed"),
                    ("conflict", "contradicts"),
                    ("same", "unchanged"),
                    ("missing", "not in the list"),
                    ("waiting", "waits for a building"),
                    ("street", "for the street to decide"),
                    ("refused", "refused"),
                ],
                max_length=8,
                verbose_name="action",
            ),
        ),
    ]
