"""Every write of the ground and its grids leaves a trace; the counters of layers follow from it and leave none."""

from typing import ClassVar

from django.db import migrations

WATCH = """
SELECT traces_watch('territory_region');
SELECT traces_watch('territory_regionedition', '@(SELECT c.code FROM territory_region c WHERE c.id = r.region_id)');
SELECT traces_watch('territory_grid');
SELECT traces_watch('territory_gridedition', '@(SELECT g.code FROM territory_grid g WHERE g.id = r.grid_id)');
SELECT traces_watch('territory_compound', '@(SELECT c.code FROM territory_region c WHERE c.id = r.community_id)');
SELECT traces_watch('territory_building',
    '@coalesce((SELECT g.code FROM territory_grid g WHERE g.id = r.grid_id),
        (SELECT c.code FROM territory_region c WHERE c.id = r.community_id))');
SELECT traces_watch('territory_groundfeature');
SELECT traces_watch('territory_camera');
SELECT traces_watch('territory_streetlamp');
SELECT traces_watch('territory_facility');
SELECT traces_watch('territory_rule');
"""
UNWATCH = """
SELECT traces_unwatch(('territory_' || name)::regclass) FROM unnest(ARRAY['region', 'regionedition', 'grid',
    'gridedition', 'compound', 'building', 'groundfeature', 'camera', 'streetlamp', 'facility', 'rule']) name;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("territory", "0007_boundary_holds_its_grids"), ("traces", "0001_entries")]
    operations: ClassVar = [migrations.RunSQL(WATCH, UNWATCH)]
