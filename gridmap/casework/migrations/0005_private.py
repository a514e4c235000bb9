"""Classes of private matters: their cases are for who sees people's data there, uncounted from afar and untold in news.

The database writes `private` of a case alone: as its class says, and anew when the class changes.
"""

import re
from importlib import import_module
from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

before = import_module("gridmap.casework.migrations.0003_bins")
#: As shipped on the day of this migration; `gridmap/casework/defaults.py` has those for districts that begin.
PRIVATE = (
    "Z-01-02", "Z-02-04", "S-01-03", "S-01-06", "S-03-01", "S-03-02", "S-03-03", "S-04-01", "S-04-02", "S-04-03",
)  # fmt: skip

TRUTH = """
CREATE FUNCTION casework_case_private() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.private := coalesce((SELECT c.private FROM casework_category c WHERE c.id = NEW.category_id), FALSE);
    RETURN NEW;
END $$;
CREATE TRIGGER case_private BEFORE INSERT OR UPDATE OF category_id, private ON casework_case
    FOR EACH ROW EXECUTE FUNCTION casework_case_private();

CREATE FUNCTION casework_category_private() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE casework_case SET private = NEW.private WHERE category_id = NEW.id AND private <> NEW.private;
    RETURN NULL;
END $$;
CREATE TRIGGER category_private AFTER UPDATE OF private ON casework_category
    FOR EACH ROW WHEN (OLD.private <> NEW.private) EXECUTE FUNCTION casework_category_private();
"""
UNTRUTH = """
DROP TRIGGER category_private ON casework_category;
DROP TRIGGER case_private ON casework_case;
DROP FUNCTION casework_category_private(), casework_case_private();
"""


def function(sql: str, name: str) -> str:
    """The statement that makes this function, fit to replace the one that is there."""
    found = re.search(rf"CREATE (FUNCTION {name}\(.*?END \$\$;)", sql, re.DOTALL)
    assert found, name  # noqa: S101  (a migration that is wrong must stop)
    return f"CREATE OR REPLACE {found[1]}"


def without_private(sql: str) -> str:
    """The same with the rows of transition tables that are not private; a case that becomes so is gone."""
    moved = "WHERE o.area <> '' AND o.area <> r.area"
    sql = sql.replace(moved, "WHERE NOT o.private AND o.area <> '' AND (o.area <> r.area OR r.private)")
    sql = re.sub(r"FROM (fresh|former) r WHERE ", r"FROM \1 r WHERE NOT r.private AND ", sql)
    return re.sub(r"FROM (fresh|former) r(?! WHERE)\b", r"FROM \1 r WHERE NOT r.private", sql)


FORMERLY = function(before.BINS, "casework_count") + function(before.NEWS, "casework_tell")

#: Tiles leave out what is private, so they are stale as well when that changes.
CHANGED = """
DROP TRIGGER bump_changed_cases ON casework_case;
CREATE CONSTRAINT TRIGGER bump_changed_cases AFTER UPDATE ON casework_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (
        (OLD.geom::bytea, OLD.network, OLD.category_id, OLD.stage, OLD.urgent, OLD.due_at, OLD.overdue, OLD.area{more})
        IS DISTINCT FROM
        (NEW.geom::bytea, NEW.network, NEW.category_id, NEW.stage, NEW.urgent, NEW.due_at, NEW.overdue, NEW.area{now})
    ) EXECUTE FUNCTION casework_bump();
"""
STALE = CHANGED.format(more=", OLD.private", now=", NEW.private")
STALE_FORMERLY = CHANGED.format(more="", now="")
MARK = f"UPDATE casework_category SET private = TRUE WHERE code IN {PRIVATE!r};"  # noqa: S608  (constants)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("casework", "0004_duty")]
    operations: ClassVar = [
        migrations.AddField(
            "category", "private", models.BooleanField(verbose_name="private matter", default=False, db_default=False)
        ),
        migrations.AddField(
            "case",
            "private",
            models.BooleanField("private matter", default=False, db_default=False, editable=False),
        ),
        migrations.AddIndex(
            "case", models.Index(fields=["source_ref"], condition=~Q(source_ref=""), name="case_by_number_of_source")
        ),
        migrations.RunSQL(TRUTH + without_private(FORMERLY) + STALE, STALE_FORMERLY + FORMERLY + UNTRUTH),
        migrations.RunSQL(MARK, migrations.RunSQL.noop),
    ]
