"""That somebody's second factor came, changed or went is logged; its secret and the recovery codes are not."""

from typing import ClassVar

from django.db import migrations

WATCH = """
SELECT traces_watch('accounts_secondfactor', '*secret', '-last_step');
SELECT traces_watch('accounts_recoverycode', '*code_hash');
SELECT traces_watch('auth_group');
SELECT traces_watch('auth_group_permissions');
"""
UNWATCH = """
SELECT traces_unwatch(name::regclass) FROM unnest(ARRAY['accounts_secondfactor', 'accounts_recoverycode', 'auth_group',
    'auth_group_permissions']) name;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("traces", "0004_analyze"), ("accounts", "0004_sign_in")]
    operations: ClassVar = [migrations.RunSQL(WATCH, UNWATCH)]
