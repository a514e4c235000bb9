"""People, organisations, posts and screens are watched; of a password only that it changed."""

from typing import ClassVar

from django.db import migrations

WATCH = """
SELECT traces_watch('accounts_user', '*password', '-last_login');
SELECT traces_watch('accounts_organisation');
SELECT traces_watch('accounts_post');
SELECT traces_watch('accounts_device', '*token_hash', '-last_seen_at',
    '@(SELECT p.area FROM accounts_post p WHERE p.person_id = r.account_id ORDER BY p.id LIMIT 1)');
SELECT traces_watch('accounts_user_groups');
SELECT traces_watch('accounts_user_user_permissions');
"""
UNWATCH = """
SELECT traces_unwatch(name::regclass) FROM unnest(ARRAY['accounts_user', 'accounts_organisation', 'accounts_post',
    'accounts_device', 'accounts_user_groups', 'accounts_user_user_permissions']) name;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("traces", "0001_entries")]
    operations: ClassVar = [migrations.RunSQL(WATCH, UNWATCH)]
