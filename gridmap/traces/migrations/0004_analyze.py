"""Fresh figures for the planner after a bulk load: ANALYZE is the owner's, so the application asks the owner for it."""

from typing import ClassVar

from django.db import migrations

ANALYZE = """
CREATE FUNCTION gridmap_analyze(VARIADIC tables regclass[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    one regclass;
BEGIN
    FOREACH one IN ARRAY tables LOOP
        IF NOT EXISTS (SELECT FROM pg_class WHERE oid = one AND relkind = 'r' AND relnamespace = 'public'::regnamespace) THEN
            RAISE EXCEPTION '% is no table of this application', one USING ERRCODE = 'undefined_table';
        END IF;
        EXECUTE format('ANALYZE %s', one);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION gridmap_analyze(regclass[]) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("traces", "0003_chain")]
    operations: ClassVar = [migrations.RunSQL(ANALYZE, "DROP FUNCTION gridmap_analyze(regclass[])")]
