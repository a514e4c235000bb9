"""Who is on duty changes with posts and people; days that begin are noted by the worker."""

from typing import ClassVar

from django.db import migrations

DUTY = """
CREATE TRIGGER bump_duty AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON accounts_post
    FOR EACH STATEMENT EXECUTE FUNCTION territory_bump('duty');
CREATE TRIGGER bump_duty_of_people AFTER UPDATE OF is_active ON accounts_user
    FOR EACH STATEMENT EXECUTE FUNCTION territory_bump('duty');
CREATE TRIGGER bump_homes AFTER INSERT OR DELETE OR TRUNCATE OR UPDATE OF households, dwellings, community_id, grid_id
    ON territory_building FOR EACH STATEMENT EXECUTE FUNCTION territory_bump('homes');
"""
UNDO = """
DROP TRIGGER bump_homes ON territory_building;
DROP TRIGGER bump_duty_of_people ON accounts_user;
DROP TRIGGER bump_duty ON accounts_post;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("casework", "0003_bins"), ("accounts", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(DUTY, UNDO)]
