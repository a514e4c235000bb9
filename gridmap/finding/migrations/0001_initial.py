"""Words of names and addresses, learnt by triggers in the transaction that writes them, with their pinyin."""

from typing import ClassVar

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from gridmap.finding.readings import readings

#: Not a table of Django's: what empties the tables of a test leaves it alone.
READINGS = """
CREATE TABLE finding_reading (letter text PRIMARY KEY, syllables text[] NOT NULL);
"""

#: What an address says before its first figure, and that figure; what a building is numbered by (3号楼 → 3, A座 → A).
PARTS = """
CREATE FUNCTION finding_words(address text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN rtrim(substring(address from '^[^0-9]*'), ' -,，、(（第附');
CREATE FUNCTION finding_figure(address text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ltrim(substring(address from '[0-9]+'), '0');
CREATE FUNCTION finding_number(number text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN upper(coalesce(nullif(ltrim(substring(number from '[A-Za-z]?[0-9]+'), '0'), ''),
                    regexp_replace(number, '(号?楼|栋|幢|座|号|#)$', '')));
"""

#: Every suffix of the word in letters, from its last character back; at most twelve ways to read one, common ones first.
SPELL = """
CREATE FUNCTION finding_spell(words text) RETURNS TABLE (place smallint, letters text, initials text)
LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    spoken text[];
    ends text[] := ARRAY[''];
    heads text[] := ARRAY[''];
    character text;
BEGIN
    FOR i IN REVERSE least(length(words), 30)..1 LOOP
        character := substr(words, i, 1);
        SELECT r.syllables INTO spoken FROM finding_reading r WHERE r.letter = character;
        IF spoken IS NULL THEN
            CONTINUE WHEN character !~ '[A-Za-z0-9]';
            spoken := ARRAY[replace(lower(character), 'v', 'u')];
        END IF;
        SELECT array_agg(made.whole ORDER BY made.rank), array_agg(made.head ORDER BY made.rank) INTO ends, heads
        FROM (SELECT s.syllable || e.ending AS whole, left(s.syllable, 1) || e.head AS head, s.n * 2 + e.n AS rank
              FROM unnest(spoken) WITH ORDINALITY s(syllable, n)
              CROSS JOIN unnest(ends, heads) WITH ORDINALITY e(ending, head, n) ORDER BY rank LIMIT 12) made;
        RETURN QUERY SELECT (i - 1)::smallint, made.whole, made.head FROM unnest(ends, heads) made(whole, head);
    END LOOP;
END $$;
CREATE FUNCTION finding_spell_word() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO finding_spelling (word_id, place, letters, initials)
        SELECT NEW.id, s.place, left(s.letters, 200), left(s.initials, 40) FROM finding_spell(NEW.text) s
        WHERE NEW.text ~ '[\u3400-\u9fff]';
    RETURN NULL;
END $$;
CREATE TRIGGER finding_spell_word AFTER INSERT ON finding_word FOR EACH ROW EXECUTE FUNCTION finding_spell_word();
"""

#: Arguments of the trigger: columns whose words are learnt; `~` before one: only what stands before its first figure.
LEARN = """
CREATE FUNCTION finding_learn() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    part text;
BEGIN
    SELECT string_agg(format('SELECT left(%s, 200) AS text FROM written',
                             CASE WHEN starts_with(name, '~') THEN format('finding_words(%I)', substr(name, 2))
                                  ELSE format('%I', name) END), ' UNION ')
        INTO part FROM unnest(TG_ARGV) name;
    EXECUTE format('INSERT INTO finding_word (text) SELECT w.text FROM (%s) w
                    WHERE w.text <> '''' AND NOT EXISTS (SELECT FROM finding_word k WHERE k.text = w.text)
                    ORDER BY w.text ON CONFLICT (text) DO NOTHING', part);
    RETURN NULL;
END $$;
"""

#: Table → columns that name its things.
SOURCES = {
    "territory_region": ["name"],
    "territory_grid": ["name"],
    "territory_compound": ["name"],
    "territory_building": ["~name", "~address"],
    "territory_facility": ["name", "~address"],
    "territory_camera": ["name", "place"],
    "territory_groundfeature": ["name"],
}
TRIGGERS = "".join(
    f"CREATE TRIGGER finding_learn_{event.lower()} AFTER {event} ON {table} REFERENCING NEW TABLE AS written"
    f" FOR EACH STATEMENT EXECUTE FUNCTION finding_learn({', '.join(repr(column) for column in columns)});\n"
    for table, columns in SOURCES.items()
    for event in ("INSERT", "UPDATE")
)
UNDO_TRIGGERS = "".join(
    f"DROP TRIGGER finding_learn_{event} ON {table};\n" for table in SOURCES for event in ("insert", "update")
)


def _written(column: str) -> str:
    return f"finding_words({column[1:]})" if column.startswith("~") else column


PRESENT = "INSERT INTO finding_word (text) SELECT w.text FROM ({}) w WHERE w.text <> '' ORDER BY 1;".format(
    " UNION ".join(
        f"SELECT left({_written(column)}, 200) AS text FROM {table}" for table in SOURCES for column in SOURCES[table]
    )
)

INDEXES = """
CREATE INDEX finding_word_pieces ON finding_word USING gin (upper(text) gin_trgm_ops);
CREATE INDEX finding_letters_alike ON finding_spelling USING gin (letters gin_trgm_ops) WHERE place = 0;
CREATE INDEX building_by_street ON territory_building (finding_words(address), finding_figure(address));
CREATE INDEX building_by_name ON territory_building (finding_words(name));
CREATE INDEX building_by_number ON territory_building (finding_number(number));
CREATE INDEX facility_by_street ON territory_facility (finding_words(address));
CREATE INDEX facility_by_name ON territory_facility (name);
CREATE INDEX camera_by_name ON territory_camera (name);
CREATE INDEX camera_by_place ON territory_camera (place);
CREATE INDEX ground_by_name ON territory_groundfeature (name);
CREATE INDEX camera_by_source_ref ON territory_camera (source_ref varchar_pattern_ops);
CREATE INDEX lamp_by_source_ref ON territory_streetlamp (source_ref varchar_pattern_ops);
"""
UNDO_INDEXES = """
DROP INDEX building_by_street, building_by_name, building_by_number, facility_by_street, facility_by_name,
    camera_by_name, camera_by_place, ground_by_name, camera_by_source_ref, lamp_by_source_ref;
"""


def fill_readings(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Characters with their syllables."""
    rows = readings()
    with editor.connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO finding_reading SELECT letter, string_to_array(syllables, ' ')"
            " FROM unnest(%s::text[], %s::text[]) AS t(letter, syllables)",
            [list(rows), [" ".join(one) for one in rows.values()]],
        )


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [("territory", "0009_building_shapes")]
    operations: ClassVar = [
        migrations.CreateModel(
            "Word",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=200, unique=True, verbose_name="text")),
            ],
            {"verbose_name": "word", "verbose_name_plural": "words"},
        ),
        migrations.CreateModel(
            "Spelling",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.PositiveSmallIntegerField(verbose_name="from which character on")),
                ("letters", models.CharField(max_length=200, verbose_name="letters")),
                ("initials", models.CharField(max_length=40, verbose_name="initials")),
                (
                    "word",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="spellings",
                        to="finding.word",
                        verbose_name="word",
                    ),
                ),
            ],
            {
                "verbose_name": "spelling",
                "verbose_name_plural": "spellings",
                "indexes": [
                    models.Index(fields=["letters"], opclasses=["varchar_pattern_ops"], name="spelling_by_letters"),
                    models.Index(fields=["initials"], opclasses=["varchar_pattern_ops"], name="spelling_by_initials"),
                ],
            },
        ),
        migrations.RunSQL(READINGS, "DROP TABLE finding_reading;"),
        migrations.RunPython(fill_readings, migrations.RunPython.noop),
        migrations.RunSQL(PARTS, "DROP FUNCTION finding_words, finding_figure, finding_number;"),
        migrations.RunSQL(
            SPELL, "DROP TRIGGER finding_spell_word ON finding_word; DROP FUNCTION finding_spell_word, finding_spell;"
        ),
        migrations.RunSQL(LEARN, "DROP FUNCTION finding_learn;"),
        migrations.RunSQL(PRESENT, migrations.RunSQL.noop),
        migrations.RunSQL(TRIGGERS, UNDO_TRIGGERS),
        migrations.RunSQL(INDEXES, UNDO_INDEXES),
    ]
