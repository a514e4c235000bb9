"""Staff lists between the look and the doing; their rows stand in the traces where they are written."""

import uuid
from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WATCH = "SELECT traces_watch('staff_stafflist', '-rows', '-outcomes');"
UNWATCH = "SELECT traces_unwatch('staff_stafflist');"


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [
        ("accounts", "0003_truths"),
        ("traces", "0001_entries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="StaffList",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("file_name", models.CharField(max_length=200, verbose_name="file name")),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("columns", models.JSONField(default=dict, verbose_name="columns")),
                ("rows", models.JSONField(default=list, verbose_name="rows")),
                ("outcomes", models.JSONField(default=list, verbose_name="what the rows do")),
                ("mark", models.CharField(max_length=64)),
                ("applied_at", models.DateTimeField(null=True, verbose_name="applied at")),
                (
                    "created_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="staff_lists",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "staff list",
                "verbose_name_plural": "staff lists",
                "ordering": ["-created_at"],
            },
        ),
        migrations.RunSQL(WATCH, UNWATCH),
    ]
