"""The chain that seals the entries: each link holds the digest of its entry and of the link before.

Entries are sealed after they are committed, in the order (xid, id), below the oldest transaction that still runs; so no
writer waits for another. A link names when its entry was made and how long it is kept: the chain of a pruned entry can
still be verified, and that it was old enough.
"""

from typing import ClassVar

from django.db import migrations, models

CHAIN = """
CREATE TABLE traces_seal (
    position bigint PRIMARY KEY,
    entry_id bigint NOT NULL UNIQUE,
    xid xid8 NOT NULL,
    at timestamptz NOT NULL,
    personal boolean NOT NULL,
    content bytea NOT NULL,
    digest bytea NOT NULL,
    pruned_at timestamptz
);
CREATE TABLE traces_anchor (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    why varchar(8) NOT NULL,
    position bigint NOT NULL,
    digest bytea NOT NULL
);
REVOKE ALL ON traces_seal, traces_anchor FROM PUBLIC;

-- Whether entries of a table tell about residents: those of tables under row-level security do.
CREATE FUNCTION traces_is_personal(named text) RETURNS boolean LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pg_class WHERE relname = named AND relnamespace = 'public'::regnamespace AND relforcerowsecurity)
$$;

CREATE FUNCTION traces_content(e traces_entry) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(convert_to(jsonb_build_array(
        e.id, (extract(epoch FROM e.at) * 1000000)::bigint, e.xid::text, e.kind, e.actor, e.request, e.table_name,
        e.row_id, e.area, e.before IS NULL, e.before, e.after IS NULL, e.after, e.detail, e.role)::text, 'UTF8'))
$$;

CREATE FUNCTION traces_link(previous bytea, place bigint, entry bigint, made timestamptz, about_people boolean, content bytea)
RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT sha256(previous || content || convert_to(
        concat_ws(' ', place, entry, (extract(epoch FROM made) * 1000000)::bigint, about_people::int), 'UTF8'))
$$;

-- The oldest transaction of this database that still runs, or the next one to come. Transactions of other databases of the
-- server hold nothing up: which those are is told by their locks; one whose lock is not there yet counts as ours.
CREATE FUNCTION traces_oldest_running() RETURNS xid8 LANGUAGE sql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT least(min(running), pg_current_xact_id_if_assigned(), pg_snapshot_xmax(pg_current_snapshot()))
    FROM pg_snapshot_xip(pg_current_snapshot()) running
    WHERE NOT EXISTS (
        SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'transactionid' AND l.mode = 'ExclusiveLock' AND l.granted
          AND l.transactionid::text::bigint = running::text::bigint & 4294967295
          AND a.datid <> (SELECT oid FROM pg_database WHERE datname = current_database()))
$$;

-- Seal what is committed and older than every running transaction, at most `most` entries; returns how many.
CREATE FUNCTION traces_seal_entries(most bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place bigint := 0;
    head bytea := sha256('');
    after_xid xid8 := '0';
    after_id bigint := 0;
    made bigint := 0;
    personal text[];
    running xid8;
    one record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('gridmap.traces.seal'));
    running := traces_oldest_running();  -- before the entries are looked at: what is older has ended by then
    SELECT array_agg(relname) INTO personal FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relforcerowsecurity;
    SELECT s.position, s.digest, s.xid, s.entry_id INTO one FROM traces_seal s ORDER BY s.position DESC LIMIT 1;
    IF FOUND THEN
        place := one.position; head := one.digest; after_xid := one.xid; after_id := one.entry_id;
    ELSE
        SELECT a.position, a.digest INTO one FROM traces_anchor a WHERE a.why = 'pruned' ORDER BY a.position DESC LIMIT 1;
        IF FOUND THEN place := one.position; head := one.digest; END IF;
    END IF;
    IF after_xid >= pg_snapshot_xmax(pg_current_snapshot()) THEN  -- restored into a cluster that counts from a lower number
        after_xid := '0'; after_id := 0;
    END IF;
    FOR one IN
        SELECT e.id, e.xid, e.at, traces_content(e) AS content,
               e.kind IN ('read', 'reveal', 'export', 'import', 'rotate') OR e.table_name = ANY (personal) AS personal
        FROM traces_entry e
        WHERE (e.xid, e.id) > (after_xid, after_id)
          AND (e.xid < running OR e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
          AND NOT EXISTS (SELECT FROM traces_seal s WHERE s.entry_id = e.id)
        ORDER BY e.xid, e.id LIMIT most
    LOOP
        place := place + 1;
        head := traces_link(head, place, one.id, one.at, coalesce(one.personal, false), one.content);
        INSERT INTO traces_seal (position, entry_id, xid, at, personal, content, digest)
            VALUES (place, one.id, one.xid, one.at, coalesce(one.personal, false), one.content, head);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;

-- What is wrong with the chain from position `first` on, worst first, at most `most` findings; none where all is well.
CREATE FUNCTION traces_check(first bigint, most int) RETURNS TABLE (fault text, place bigint, entry bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH pruned AS (
        SELECT position, digest FROM traces_anchor WHERE why = 'pruned' ORDER BY position DESC LIMIT 1
    ), links AS (
        SELECT s.*, lag(s.position, 1, coalesce((SELECT position FROM pruned), 0)) OVER w AS former,
               lag(s.digest, 1, coalesce((SELECT digest FROM pruned), sha256(''))) OVER w AS previous
        FROM traces_seal s WHERE s.position >= first - 1 WINDOW w AS (ORDER BY s.position)
    ), last AS (
        SELECT xid, entry_id, position FROM traces_seal ORDER BY position DESC LIMIT 1
    ), faults AS (
        SELECT CASE
                WHEN s.former <> s.position - 1 THEN 'gap'
                WHEN e.id IS NULL AND s.pruned_at IS NULL THEN 'missing'
                WHEN s.pruned_at < s.at + interval '180 days' THEN 'early'
                WHEN e.id IS NOT NULL AND traces_content(e) <> s.content THEN 'altered'
                WHEN traces_link(s.previous, s.position, s.entry_id, s.at, s.personal, s.content) <> s.digest THEN 'broken'
            END AS fault, s.position AS place, s.entry_id AS entry
        FROM links s LEFT JOIN traces_entry e ON e.id = s.entry_id WHERE s.position >= first
        UNION ALL
        SELECT 'inserted', NULL, e.id FROM traces_entry e, last
        WHERE (e.xid, e.id) < (last.xid, last.entry_id) AND NOT EXISTS (SELECT FROM traces_seal s WHERE s.entry_id = e.id)
        UNION ALL
        SELECT 'anchor', a.position, NULL FROM traces_anchor a LEFT JOIN traces_seal s ON s.position = a.position
        WHERE a.position >= first AND a.position > coalesce((SELECT position FROM pruned), 0)
          AND s.digest IS DISTINCT FROM a.digest
    )
    SELECT f.fault, f.place, f.entry FROM faults f WHERE f.fault IS NOT NULL ORDER BY f.place NULLS FIRST LIMIT most
$$;

-- Write down where the chain ends, and give it, to be kept outside.
CREATE FUNCTION traces_anchor_now(OUT place bigint, OUT head bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    SELECT position, digest INTO place, head FROM traces_seal ORDER BY position DESC LIMIT 1;
    IF FOUND THEN
        INSERT INTO traces_anchor (why, position, digest) VALUES ('daily', place, head);
    END IF;
END $$;

-- Forget entries that were kept long enough. Their links stay until all before them are forgotten too.
CREATE FUNCTION traces_prune(security_before timestamptz, personal_before timestamptz) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone bigint;
    kept bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('gridmap.traces.seal'));
    WITH old AS (
        UPDATE traces_seal SET pruned_at = clock_timestamp()
        WHERE pruned_at IS NULL AND at < CASE WHEN personal THEN personal_before ELSE security_before END
          AND at < clock_timestamp() - interval '180 days'
        RETURNING entry_id
    ) DELETE FROM traces_entry e USING old WHERE e.id = old.entry_id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    SELECT coalesce(min(position), (SELECT max(position) FROM traces_seal)) INTO kept FROM traces_seal WHERE pruned_at IS NULL;
    INSERT INTO traces_anchor (why, position, digest)
        SELECT 'pruned', position, digest FROM traces_seal WHERE position = kept - 1 AND pruned_at IS NOT NULL;
    DELETE FROM traces_seal WHERE position < kept;
    RETURN gone;
END $$;

CREATE FUNCTION traces_hide(told jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_object_agg(key, CASE WHEN value = 'null' THEN value ELSE '"•••"' END) FROM jsonb_each(told)
$$;

-- What a row was before and after. Of people's tables only which columns: who audits sees no resident.
CREATE FUNCTION traces_change(entry bigint, OUT before jsonb, OUT after jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT CASE WHEN traces_is_personal(e.table_name) THEN traces_hide(e.before) ELSE e.before END,
           CASE WHEN traces_is_personal(e.table_name) THEN traces_hide(e.after) ELSE e.after END
    FROM traces_entry e WHERE e.id = entry
$$;

REVOKE ALL ON FUNCTION traces_seal_entries(bigint), traces_check(bigint, int), traces_anchor_now(),
    traces_prune(timestamptz, timestamptz), traces_change(bigint) FROM PUBLIC;
"""
UNDO = """
DROP FUNCTION traces_oldest_running(), traces_change(bigint), traces_hide(jsonb), traces_prune(timestamptz, timestamptz), traces_anchor_now(),
    traces_check(bigint, int), traces_seal_entries(bigint), traces_is_personal(text),
    traces_link(bytea, bigint, bigint, timestamptz, boolean, bytea), traces_content(traces_entry);
DROP TABLE traces_seal, traces_anchor;
"""
STATE: list[migrations.operations.base.Operation] = [
    migrations.CreateModel(
        name="Seal",
        fields=[
            ("position", models.BigIntegerField(primary_key=True, serialize=False)),
            ("entry_id", models.BigIntegerField(unique=True)),
            ("at", models.DateTimeField()),
            ("personal", models.BooleanField()),
            ("digest", models.BinaryField()),
            ("pruned_at", models.DateTimeField(null=True)),
        ],
        options={"verbose_name": "seal", "verbose_name_plural": "seals"},
    ),
    migrations.CreateModel(
        name="Anchor",
        fields=[
            ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ("at", models.DateTimeField()),
            ("why", models.CharField(max_length=8)),
            ("position", models.BigIntegerField()),
            ("digest", models.BinaryField()),
        ],
        options={"verbose_name": "anchor", "verbose_name_plural": "anchors"},
    ),
]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("traces", "0002_accounts")]
    operations: ClassVar = [migrations.RunSQL(CHAIN, UNDO, state_operations=STATE)]
