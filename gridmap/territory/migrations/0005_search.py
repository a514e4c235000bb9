"""Finding things by a piece of their name, and knowing when a layer last changed."""

from typing import ClassVar

import django.db.models.functions.datetime
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models

#: What a person may type a piece of: from three characters on, a trigram index answers `upper(name) LIKE '%PIECE%'`.
NAMES = {
    "territory_region": ["name"],
    "territory_compound": ["name"],
    "territory_building": ["name", "number", "address"],
    "territory_facility": ["name", "address"],
}
INDEXES = {
    f"{table.removeprefix('territory_')}_{column}_pieces": (table, column)
    for table, columns in NAMES.items()
    for column in columns
}
CREATE = "".join(
    f"CREATE INDEX {name} ON {table} USING gin (upper({column}::text) gin_trgm_ops);\n"
    for name, (table, column) in INDEXES.items()
)
DROP = f"DROP INDEX {', '.join(INDEXES)};"

BUMP = """
CREATE OR REPLACE FUNCTION territory_bump() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO territory_layerrevision (layer, number{columns}) VALUES (TG_ARGV[0], 1{values})
        ON CONFLICT (layer) DO UPDATE SET number = territory_layerrevision.number + 1{changes};
    RETURN NULL;
END $$;
"""
BUMP_WITH_TIME = BUMP.format(columns=", changed_at", values=", now()", changes=", changed_at = now()")
BUMP_WITHOUT = BUMP.format(columns="", values="", changes="")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("territory", "0004_stand_ins")]
    operations: ClassVar = [
        TrigramExtension(),
        migrations.AddField(
            "layerrevision",
            "changed_at",
            models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="changed at"),
        ),
        migrations.RunSQL(CREATE, DROP),
        migrations.RunSQL(BUMP_WITH_TIME, BUMP_WITHOUT),
    ]
