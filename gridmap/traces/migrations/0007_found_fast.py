"""What auditors look for is found by an index however long the trail is, and a part of the chain is checked as a part."""

from typing import ClassVar

from django.db import migrations

INDEXES = r"""
CREATE INDEX traces_entry_of_person ON traces_entry (substring(actor, '\muser:\d+'), id) WHERE actor <> '';
CREATE INDEX traces_entry_of_request ON traces_entry (request) WHERE request <> '';
CREATE INDEX traces_entry_of_kind ON traces_entry (kind, id);
CREATE INDEX traces_entry_of_area ON traces_entry (area, id);
CREATE INDEX traces_entry_of_table ON traces_entry (table_name, id);
DROP INDEX traces_entry_of_actor;
"""
UNINDEXES = """
DROP INDEX traces_entry_of_person, traces_entry_of_request, traces_entry_of_kind, traces_entry_of_area,
    traces_entry_of_table;
CREATE INDEX traces_entry_of_actor ON traces_entry (actor, id) WHERE kind NOT IN ('insert', 'update', 'delete');
"""

CHECK = """
-- What is wrong with the chain from position `first` on, worst first, at most `most` findings; none where all is well.
-- Entries and links are looked up one by one: how many there will be is not known when this is planned, and a part of a
-- long chain is not to read all of it.
CREATE OR REPLACE FUNCTION traces_check(first bigint, most int) RETURNS TABLE (fault text, place bigint, entry bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET jit = off AS $$
    WITH pruned AS (
        SELECT position, digest FROM traces_anchor WHERE why = 'pruned' ORDER BY position DESC LIMIT 1
    ), links AS (
        SELECT s.*, lag(s.position, 1, coalesce((SELECT position FROM pruned), 0)) OVER w AS former,
               lag(s.digest, 1, coalesce((SELECT digest FROM pruned), sha256(''))) OVER w AS previous
        FROM traces_seal s WHERE s.position >= first - 1 WINDOW w AS (ORDER BY s.position)
    ), last AS (
        SELECT xid, entry_id, position FROM traces_seal ORDER BY position DESC LIMIT 1
    ), start AS (
        SELECT xid, entry_id FROM traces_seal WHERE first > 1 AND position >= first ORDER BY position LIMIT 1
    ), faults AS (
        SELECT CASE
                WHEN s.former <> s.position - 1 THEN 'gap'
                WHEN e.id IS NULL AND s.pruned_at IS NULL THEN 'missing'
                WHEN s.pruned_at < s.at + interval '180 days' THEN 'early'
                WHEN e.id IS NOT NULL AND e.content <> s.content THEN 'altered'
                WHEN traces_link(s.previous, s.position, s.entry_id, s.at, s.personal, s.content) <> s.digest THEN 'broken'
            END AS fault, s.position AS place, s.entry_id AS entry
        FROM links s LEFT JOIN LATERAL (
            SELECT x.id, traces_content(x) AS content FROM traces_entry x WHERE x.id = s.entry_id OFFSET 0
        ) e ON true WHERE s.position >= first
        UNION ALL
        SELECT 'inserted', NULL, e.id FROM traces_entry e, last
        WHERE (e.xid, e.id) < (last.xid, last.entry_id)
          AND (e.xid, e.id) > (coalesce((SELECT xid FROM start), '0'), coalesce((SELECT entry_id FROM start), 0))
          AND NOT EXISTS (SELECT FROM traces_seal s WHERE s.entry_id = e.id OFFSET 0)
        UNION ALL
        SELECT 'anchor', a.position, NULL FROM traces_anchor a LEFT JOIN traces_seal s ON s.position = a.position
        WHERE a.position >= first AND a.position > coalesce((SELECT position FROM pruned), 0)
          AND s.digest IS DISTINCT FROM a.digest
    )
    SELECT f.fault, f.place, f.entry FROM faults f WHERE f.fault IS NOT NULL ORDER BY f.place NULLS FIRST LIMIT most
$$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("traces", "0006_fixed_paths")]
    operations: ClassVar = [
        migrations.RunSQL(INDEXES, UNINDEXES),
        migrations.RunSQL(CHECK, migrations.RunSQL.noop),
    ]
