"""Saved views, with the trace of who wrote them."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import gridmap.console.models


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("traces", "0001_entries"),
    ]
    operations: ClassVar = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=gridmap.console.models.short_key,
                        editable=False,
                        max_length=12,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="name")),
                (
                    "address",
                    models.TextField(blank=True, max_length=8000, verbose_name="what the address bar holds"),
                ),
                (
                    "area",
                    models.CharField(blank=True, max_length=15, verbose_name="area of whom it is shared with"),
                ),
                (
                    "shared",
                    models.BooleanField(default=False, verbose_name="shared with people of the same area"),
                ),
                ("first", models.BooleanField(default=False, verbose_name="the owner's first view")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created at")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed at")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
            ],
            options={
                "verbose_name": "saved view",
                "verbose_name_plural": "saved views",
                "ordering": ["name", "created_at"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("first", True)), fields=("owner",), name="one_first_view_per_person"
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "SELECT traces_watch('console_savedview');",
            "SELECT traces_unwatch('console_savedview');",
        ),
    ]
