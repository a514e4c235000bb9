"""Tokens of other programs, and those that opened nothing."""

import datetime

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_sign_in_epochs"),
    ]

    operations = [
        migrations.CreateModel(
            name="WrongToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(editable=False, max_length=45)),
                ("mark", models.CharField(editable=False, max_length=64)),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "wrong token",
                "verbose_name_plural": "wrong tokens",
                "indexes": [models.Index(fields=["address", "at"], name="wrong_tokens_from_address")],
                "constraints": [
                    models.UniqueConstraint(fields=("address", "mark"), name="wrong_token_once_from_an_address")
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("key_hash", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "area",
                    models.CharField(
                        blank=True,
                        max_length=15,
                        validators=[
                            django.core.validators.RegexValidator("^(\\d{2}|\\d{4}|\\d{6}|\\d{9}|\\d{12}|\\d{15})?$")
                        ],
                        verbose_name="area",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created at")),
                ("expires_at", models.DateTimeField(verbose_name="valid until")),
                ("last_used_at", models.DateTimeField(editable=False, null=True, verbose_name="last used")),
                ("last_address", models.GenericIPAddressField(editable=False, null=True, verbose_name="address")),
                ("revoked_at", models.DateTimeField(editable=False, null=True, verbose_name="revoked at")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="access_tokens",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "access token",
                "verbose_name_plural": "access tokens",
                "indexes": [models.Index(fields=["person", "revoked_at"], name="tokens_of_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("area__regex", "^(\\d{2}|\\d{4}|\\d{6}|\\d{9}|\\d{12}|\\d{15})?$")),
                        name="token_area_is_a_code_prefix",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__gt", models.F("created_at")),
                            (
                                "expires_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("created_at"), "+", models.Value(datetime.timedelta(days=366))
                                ),
                            ),
                        ),
                        name="token_ends_within_a_year",
                    ),
                ],
            },
        ),
    ]
