"""Who took a password or a second factor away, kept beside the person and in the traces."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

WATCH = "SELECT traces_watch('staff_accountreset', '-told_at');"
UNWATCH = "SELECT traces_unwatch('staff_accountreset');"


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0002_user_names_once"),
        ("accounts", "0005_sign_in_epochs"),
        ("traces", "0005_second_factors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountReset",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("password", "password"), ("second_factor", "second factor")],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("told_at", models.DateTimeField(null=True, verbose_name="told at")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="resets",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "reset of an account",
                "verbose_name_plural": "resets of accounts",
                "indexes": [models.Index(fields=["person", "at"], name="resets_of_person")],
            },
        ),
        migrations.RunSQL(WATCH, UNWATCH),
    ]
