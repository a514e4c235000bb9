"""Trace entries, the triggers that write them, and row-level security for personal tables.

`traces_watch(table, options…)` is for migrations of the rooms above; an option is
    'column'   logged as md5 alone (geometry and bytes always are),
    '*column'  only that it changed is logged,
    '-column'  left out: a change of nothing else leaves no entry,
    '@SQL'     an expression over the row `r` that gives its area (else the column `area`, else `code`).
Functions run as the owner with a fixed search path; the application's role may execute `traces_note` alone.
"""

from typing import ClassVar

from django.db import migrations, models

ENTRY = r"""
CREATE TABLE traces_entry (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    kind varchar(16) NOT NULL,
    actor text NOT NULL DEFAULT '',
    request text NOT NULL DEFAULT '',
    table_name text NOT NULL DEFAULT '',
    row_id text NOT NULL DEFAULT '',
    area varchar(15) COLLATE "C" NOT NULL DEFAULT '',
    before jsonb,
    after jsonb,
    detail jsonb NOT NULL DEFAULT '{}',
    role text NOT NULL DEFAULT ''
);
CREATE INDEX traces_entry_in_order ON traces_entry (xid, id);
CREATE INDEX traces_entry_by_time ON traces_entry USING brin (at) WITH (pages_per_range = 32);
CREATE INDEX traces_entry_of_row ON traces_entry (table_name, row_id) WHERE row_id <> '';
CREATE INDEX traces_entry_of_actor ON traces_entry (actor, id) WHERE kind NOT IN ('insert', 'update', 'delete');
REVOKE ALL ON traces_entry FROM PUBLIC;

-- The area prefix of a 12-digit region code; other codes stay as they are.
CREATE FUNCTION traces_area(code text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN code IS NULL THEN ''
        WHEN length(code) = 12 AND code ~ '0{10}$' THEN left(code, 2)
        WHEN length(code) = 12 AND code ~ '0{8}$' THEN left(code, 4)
        WHEN length(code) = 12 AND code ~ '0{6}$' THEN left(code, 6)
        WHEN length(code) = 12 AND code ~ '0{3}$' THEN left(code, 9)
        ELSE left(code, 15)
    END
$$;

-- How the database knows the role that wrote: who connected, and whom they became by SET ROLE.
CREATE FUNCTION traces_role() RETURNS text LANGUAGE sql STABLE AS $$
    SELECT session_user || CASE WHEN current_setting('role') IN ('none', session_user::text) THEN ''
                                ELSE '/' || current_setting('role') END
$$;

-- What of a watched table is logged: a value of row `@`, and whether rows `o` and `r` differ in it.
CREATE FUNCTION traces_columns(watched oid, options text[]) RETURNS TABLE (place bigint, name text, value text, differs text)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT row_number() OVER (ORDER BY a.attnum) - 1, a.attname, CASE
               WHEN '*' || a.attname = ANY (options) THEN $q$'•'::text$q$
               WHEN t.typname IN ('geometry', 'geography') THEN format('md5(@.%I::bytea)', a.attname)
               WHEN t.typname = 'bytea' THEN format('md5(@.%I)', a.attname)
               WHEN a.attname = ANY (options) THEN format('md5(@.%I::text)', a.attname)
               ELSE format('@.%I', a.attname)
           END,
           format(CASE WHEN t.typname IN ('json', 'xml') OR t.typcategory = 'G' THEN 'o.%1$I::text IS DISTINCT FROM r.%1$I::text'
                       ELSE 'o.%1$I IS DISTINCT FROM r.%1$I' END, a.attname)
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = watched AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      AND NOT ('-' || a.attname = ANY (options))
$$;

-- The INSERT that logs one statement on a watched table; its parameters are kind, actor, request, role and table.
CREATE FUNCTION traces_statement(watched oid, operation text, options text[]) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    head constant text := 'INSERT INTO traces_entry (kind, actor, request, role, table_name, row_id, area, before, after) SELECT $1, $2, $3, $4, $5, ';
    whole text;    -- the logged columns of row @
    was text;      -- of those that differ: before
    becomes text;  -- and after
    key text;      -- the primary key of row @ as text
    same text;     -- whether o and r are the same row
    single text;   -- a column of the key
    area text;
BEGIN
    SELECT string_agg(format('jsonb_build_object(%s)', pairs), ' || ' ORDER BY chunk) INTO whole FROM (
        SELECT place / 45 AS chunk, string_agg(format('%L, %s', name, value), ', ' ORDER BY place) AS pairs
        FROM traces_columns(watched, options) GROUP BY 1) chunks;
    SELECT string_agg(format($q$CASE WHEN %s THEN jsonb_build_object(%L, %s) ELSE '{}' END$q$, differs, name, replace(value, '@.', 'o.')), ' || ' ORDER BY place),
           string_agg(format($q$CASE WHEN %s THEN jsonb_build_object(%L, %s) ELSE '{}' END$q$, differs, name, replace(value, '@.', 'r.')), ' || ' ORDER BY place)
        INTO was, becomes FROM traces_columns(watched, options);
    SELECT string_agg(format('@.%I::text', a.attname), $q$ || ',' || $q$ ORDER BY k.place),
           string_agg(format('o.%1$I = r.%1$I', a.attname), ' AND '), min(quote_ident(a.attname))
        INTO key, same, single
        FROM pg_index i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
        WHERE i.indrelid = watched AND i.indisprimary;
    SELECT regexp_replace(substr(option, 2), '\mr\.', '@.', 'g') INTO area FROM unnest(options) option WHERE option LIKE '@%';
    IF area IS NULL THEN
        SELECT format('@.%I', attname) INTO area FROM pg_attribute
            WHERE attrelid = watched AND attname IN ('area', 'code') AND NOT attisdropped ORDER BY attname LIMIT 1;
    END IF;
    area := format('traces_area((%s)::text)', coalesce(area, 'NULL'));
    key := coalesce(key, quote_literal(''));
    IF operation = 'INSERT' THEN
        RETURN head || replace(format('%s, %s, NULL, %s FROM fresh r', key, area, whole), '@.', 'r.');
    ELSIF operation = 'DELETE' THEN
        RETURN head || replace(format('%s, %s, %s, NULL FROM former o', key, area, whole), '@.', 'o.');
    ELSIF single IS NULL THEN
        RAISE EXCEPTION '% has no primary key, so its changes cannot be logged', watched::regclass;
    END IF;
    RETURN head || format(
        'key, area, before, after FROM (SELECT CASE WHEN r.%1$s IS NULL THEN %2$s ELSE %3$s END AS key,'
        ' CASE WHEN r.%1$s IS NULL THEN %4$s ELSE %5$s END AS area,'
        ' CASE WHEN r.%1$s IS NULL THEN %6$s WHEN o.%1$s IS NOT NULL THEN %7$s END AS before,'
        ' CASE WHEN o.%1$s IS NULL THEN %8$s WHEN r.%1$s IS NOT NULL THEN %9$s END AS after'
        ' FROM former o FULL JOIN fresh r ON %10$s OFFSET 0) c'
        ' WHERE before <> ''{}'' OR before IS NULL',
        single, replace(key, '@.', 'o.'), replace(key, '@.', 'r.'), replace(area, '@.', 'o.'), replace(area, '@.', 'r.'),
        replace(whole, '@.', 'o.'), was, replace(whole, '@.', 'r.'), becomes, same);
END $$;

-- The trigger function of every watched table: one entry per row of the statement.
CREATE FUNCTION traces_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    actor text := coalesce(current_setting('gridmap.actor', true), '');
    request text := coalesce(current_setting('gridmap.request', true), '');
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        INSERT INTO traces_entry (kind, actor, request, role, table_name, detail)
            VALUES ('delete', actor, request, traces_role(), TG_TABLE_NAME, '{"truncated": true}');
    ELSE
        EXECUTE traces_statement(TG_RELID, TG_OP, coalesce(TG_ARGV, '{}'))
            USING lower(TG_OP), actor, request, traces_role(), TG_TABLE_NAME::text;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION traces_watch(watched regclass, VARIADIC options text[] DEFAULT '{}') RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    arguments text := coalesce((SELECT string_agg(quote_literal(option), ', ') FROM unnest(options) option), '');
    named text;
BEGIN
    SELECT substring(option FROM '^[*-]?(.*)$') INTO named FROM unnest(options) option
        WHERE option NOT LIKE '@%' AND NOT EXISTS (
            SELECT FROM pg_attribute WHERE attrelid = watched AND NOT attisdropped
              AND attname = substring(option FROM '^[*-]?(.*)$')) LIMIT 1;
    IF named IS NOT NULL THEN
        RAISE EXCEPTION '% has no column %', watched, named USING ERRCODE = 'undefined_column';
    END IF;
    PERFORM traces_unwatch(watched);
    EXECUTE format('CREATE TRIGGER traces_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS fresh'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION traces_record(%s)', watched, arguments);
    EXECUTE format('CREATE TRIGGER traces_update AFTER UPDATE ON %s REFERENCING OLD TABLE AS former NEW TABLE AS fresh'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION traces_record(%s)', watched, arguments);
    EXECUTE format('CREATE TRIGGER traces_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS former'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION traces_record(%s)', watched, arguments);
    EXECUTE format('CREATE TRIGGER traces_truncate AFTER TRUNCATE ON %s'
                   ' FOR EACH STATEMENT EXECUTE FUNCTION traces_record()', watched);
END $$;

CREATE FUNCTION traces_unwatch(watched regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    name text;
BEGIN
    FOR name IN SELECT tgname FROM pg_trigger
        WHERE tgrelid = watched AND tgname IN ('traces_insert', 'traces_update', 'traces_delete', 'traces_truncate')
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', name, watched);
    END LOOP;
END $$;

-- Rows of `watched` exist only for who has stepped through a door with the row's area; without one there are none.
CREATE FUNCTION traces_protect(watched regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', watched);
    EXECUTE format('DROP POLICY IF EXISTS area ON %s', watched);
    EXECUTE format($q$CREATE POLICY area ON %s USING (area LIKE ANY ((
        SELECT string_to_array(nullif(current_setting('gridmap.areas', true), ''), ','))::text[]))$q$, watched);
END $$;

-- What is no write of a row: reads, refusals, sign-ins. Writes are the triggers' alone, so nobody can feign one here.
CREATE FUNCTION traces_note(kind text, actor text, request text, table_name text, row_id text, area text, detail jsonb)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    IF kind NOT IN ('read', 'reveal', 'export', 'import', 'rotate', 'refusal', 'sign_in', 'sign_out', 'sign_in_failed',
                    'locked', 'job') THEN
        RAISE EXCEPTION 'no trace entry of the kind % can be noted', kind USING ERRCODE = 'invalid_parameter_value';
    END IF;
    INSERT INTO traces_entry (kind, actor, request, role, table_name, row_id, area, detail)
        VALUES (kind, coalesce(actor, ''), coalesce(request, ''), traces_role(), coalesce(table_name, ''),
                coalesce(row_id, ''), left(coalesce(area, ''), 15), coalesce(detail, '{}'))
        RETURNING id INTO made;
    RETURN made;
END $$;

REVOKE ALL ON FUNCTION traces_record(), traces_watch(regclass, text[]), traces_unwatch(regclass),
    traces_protect(regclass), traces_note(text, text, text, text, text, text, jsonb), traces_columns(oid, text[]),
    traces_statement(oid, text, text[]) FROM PUBLIC;
"""
UNDO = """
DROP FUNCTION traces_note(text, text, text, text, text, text, jsonb), traces_protect(regclass),
    traces_watch(regclass, text[]), traces_unwatch(regclass), traces_record(),
    traces_statement(oid, text, text[]), traces_columns(oid, text[]), traces_role(), traces_area(text);
DROP TABLE traces_entry;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [("accounts", "0002_duties_and_screens")]
    operations: ClassVar = [
        migrations.RunSQL(
            ENTRY,
            UNDO,
            state_operations=[
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("at", models.DateTimeField(verbose_name="at")),
                        ("kind", models.CharField(max_length=16, verbose_name="kind")),
                        ("actor", models.TextField(verbose_name="actor")),
                        ("request", models.TextField(verbose_name="request")),
                        ("table_name", models.TextField(verbose_name="table")),
                        ("row_id", models.TextField(verbose_name="row")),
                        ("area", models.CharField(db_collation="C", max_length=15, verbose_name="area")),
                        ("detail", models.JSONField(verbose_name="detail")),
                        ("role", models.TextField(verbose_name="database role")),
                    ],
                    options={"verbose_name": "trace entry", "verbose_name_plural": "trace entries"},
                )
            ],
        )
    ]
