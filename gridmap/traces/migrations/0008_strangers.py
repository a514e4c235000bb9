"""Refusals of who is not signed in are counted by the minute, so that nobody can fill the trail from outside."""

from typing import ClassVar

from django.db import migrations

COUNT = """
CREATE TABLE traces_refusals (
    minute timestamptz NOT NULL,
    address text NOT NULL,
    route text NOT NULL,
    status int NOT NULL,
    method text NOT NULL,
    path text NOT NULL,  -- that of the first
    count bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (minute, address, route, status)
);
REVOKE ALL ON traces_refusals FROM PUBLIC;

CREATE FUNCTION traces_count_refusal(address text, route text, status int, method text, path text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO traces_refusals (minute, address, route, status, method, path)
    VALUES (date_trunc('minute', clock_timestamp()), $1, $2, $3, $4, $5)
    ON CONFLICT ON CONSTRAINT traces_refusals_pkey DO UPDATE SET count = traces_refusals.count + 1
$$;

-- Entries of the minutes that are over: one per minute and address, for the `most` addresses that were refused most in
-- it; one more for all the others. Returns how many entries.
CREATE FUNCTION traces_tell_refusals(most int) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH over AS (
        DELETE FROM traces_refusals WHERE minute < date_trunc('minute', clock_timestamp()) RETURNING *
    ), addressed AS (
        SELECT o.minute, o.address, sum(o.count) AS count,
               jsonb_agg(to_jsonb(o) - '{minute,address}'::text[] ORDER BY o.count DESC, o.route, o.status) AS refused,
               row_number() OVER (PARTITION BY o.minute ORDER BY sum(o.count) DESC, o.address) AS place
        FROM over o GROUP BY o.minute, o.address
    ), told AS (
        INSERT INTO traces_entry (kind, role, detail)
        SELECT 'refusal', traces_role(), detail FROM (
            SELECT minute, jsonb_build_object('minute', minute, 'address', address, 'count', count, 'refused', refused) AS detail
            FROM addressed WHERE place <= most
            UNION ALL
            SELECT minute, jsonb_build_object('minute', minute, 'addresses', count(*), 'count', sum(count))
            FROM addressed WHERE place > most GROUP BY minute
        ) entries ORDER BY minute RETURNING 1
    ) SELECT count(*) FROM told
$$;

REVOKE ALL ON FUNCTION traces_count_refusal(text, text, int, text, text), traces_tell_refusals(int) FROM PUBLIC;
"""
UNCOUNT = """
DROP FUNCTION traces_tell_refusals(int), traces_count_refusal(text, text, int, text, text);
DROP TABLE traces_refusals;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("traces", "0007_found_fast")]
    operations: ClassVar = [migrations.RunSQL(COUNT, UNCOUNT)]
