"""That a token came, changed or went is logged; its key is not, nor that it is used, which is an entry of its own."""

from typing import ClassVar

from django.db import migrations

WATCH = """
SELECT traces_watch('accounts_accesstoken', '*key_hash', '-last_used_at', '-last_address',
    '@(SELECT p.area FROM accounts_post p WHERE p.person_id = r.person_id ORDER BY p.id LIMIT 1)');
"""
UNWATCH = "SELECT traces_unwatch('accounts_accesstoken');"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("traces", "0008_strangers"), ("accounts", "0006_access_tokens")]
    operations: ClassVar = [migrations.RunSQL(WATCH, UNWATCH)]
