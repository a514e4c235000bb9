"""A user name is given once, whatever its letters: Wang and wang are one."""

from typing import ClassVar

from django.db import migrations

ONCE = "CREATE UNIQUE INDEX user_name_once ON accounts_user (upper(username::text));"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("staff", "0001_initial")]
    operations: ClassVar = [migrations.RunSQL(ONCE, "DROP INDEX user_name_once;")]
