"""The map's counts of care households depend on how many households a building has and on whose it is: a change of
either makes the people's tiles stale, though no count of ours has changed."""

from typing import ClassVar

from django.db import migrations

TOLD = """
CREATE TRIGGER bump_people_of_building AFTER UPDATE OF households, community_id, grid_id ON territory_building
    FOR EACH STATEMENT EXECUTE FUNCTION territory_bump('people');
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("population", "0004_care_lists"), ("territory", "0009_building_shapes")]
    operations: ClassVar = [
        migrations.RunSQL(TOLD, "DROP TRIGGER bump_people_of_building ON territory_building;"),
    ]
