"""Plans and the grids they propose leave traces."""

from typing import ClassVar

from django.db import migrations

WATCH = """
SELECT traces_watch('planning_plan', '@(SELECT c.code FROM territory_region c WHERE c.id = r.community_id)');
SELECT traces_watch('planning_plannedgrid', '@(SELECT c.code FROM planning_plan p
    JOIN territory_region c ON c.id = p.community_id WHERE p.id = r.plan_id)');
"""
UNWATCH = "SELECT traces_unwatch('planning_plan'), traces_unwatch('planning_plannedgrid');"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("planning", "0003_plan_job"), ("traces", "0001_entries")]
    operations: ClassVar = [migrations.RunSQL(WATCH, UNWATCH)]
