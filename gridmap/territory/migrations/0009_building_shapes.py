"""What the ground's tiles show of buildings changes more seldom than their counts: a revision of its own, so that
somebody who moves in does not make every tile of the ground stale."""

from typing import ClassVar

from django.db import migrations

SHAPES = """
CREATE TRIGGER bump_building_shapes AFTER INSERT OR DELETE OR TRUNCATE
    OR UPDATE OF geom, active, kind, number, name ON territory_building
    FOR EACH STATEMENT EXECUTE FUNCTION territory_bump('building_shapes');
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("territory", "0008_watched")]
    operations: ClassVar = [
        migrations.RunSQL(SHAPES, "DROP TRIGGER bump_building_shapes ON territory_building;"),
    ]
