"""Spatial indexes on the stored EPSG:3857 shapes, which Django does not make for generated columns: tiles are cut there."""

from typing import ClassVar

from django.db import migrations

TABLES = (
    "regionedition",
    "compound",
    "building",
    "gridedition",
    "groundfeature",
    "camera",
    "streetlamp",
    "facility",
)
CREATE = "".join(f"CREATE INDEX {name}_tiles ON territory_{name} USING gist (geom_3857);\n" for name in TABLES)
DROP = f"DROP INDEX {', '.join(f'{name}_tiles' for name in TABLES)};"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("territory", "0005_search")]
    operations: ClassVar = [migrations.RunSQL(CREATE, DROP)]
