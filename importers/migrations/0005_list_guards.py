"""Rows of people's lists: row rights, deletion by the database itself, and who is held anywhere, told by marks alone."""

from typing import ClassVar

from django.db import migrations

#: Row rights hide the rows from who deletes an import or a building without a door; references see all of them.
FOLLOW = """
DO $$
DECLARE
    held record;
BEGIN
    FOR held IN
        SELECT conname, confrelid::regclass AS far, a.attname AS near FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.conrelid = 'importers_listrow'::regclass AND c.contype = 'f'
    LOOP
        EXECUTE format('ALTER TABLE importers_listrow DROP CONSTRAINT %I', held.conname);
        EXECUTE format(
            'ALTER TABLE importers_listrow ADD CONSTRAINT %I FOREIGN KEY (%I) REFERENCES %s (id) ON DELETE %s '
            'DEFERRABLE INITIALLY DEFERRED', held.conname, held.near, held.far,
            CASE held.near WHEN 'run_id' THEN 'CASCADE' ELSE 'SET NULL' END);
    END LOOP;
END $$;
"""
ELSEWHERE = """
-- Which of these marks present residents of any area carry: a mark is nobody's name, and nothing else is told.
CREATE FUNCTION importers_marks_elsewhere(marks text[]) RETURNS SETOF text LANGUAGE plpgsql STABLE
SET "gridmap.areas" = '%' SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT r.id_number_blind::text FROM population_resident r
    WHERE r.present AND r.id_number_blind <> '' AND r.id_number_blind = ANY (marks);
END $$;
"""
GUARD = """
SELECT traces_protect('importers_listrow');
SELECT traces_watch('importers_compoundalias');
"""
UNGUARD = """
SELECT traces_unwatch('importers_compoundalias');
ALTER TABLE importers_listrow NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;
DROP POLICY area ON importers_listrow;
DROP FUNCTION importers_marks_elsewhere(text[]);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("importers", "0004_people_lists"),
        ("population", "0002_truths"),
        ("traces", "0001_entries"),
    ]
    operations: ClassVar = [
        migrations.RunSQL(FOLLOW, migrations.RunSQL.noop),
        migrations.RunSQL(ELSEWHERE + GUARD, UNGUARD),
    ]
