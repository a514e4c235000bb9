"""Cases, their classes, and the counts of the overview."""

import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

import gridmap.casework.numbers


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("territory", "0011_equipment_truths"),
    ]

    operations = [
        migrations.CreateModel(
            name="BinChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.CharField(blank=True, db_collation="C", max_length=12)),
                ("social_open", models.IntegerField(default=0)),
                ("social_closed", models.IntegerField(default=0)),
                ("city_open", models.IntegerField(default=0)),
                ("city_closed", models.IntegerField(default=0)),
                ("governance_open", models.IntegerField(default=0)),
                ("governance_closed", models.IntegerField(default=0)),
                ("urgent", models.IntegerField(default=0)),
                ("overdue", models.IntegerField(default=0)),
                ("x", models.IntegerField()),
                ("y", models.IntegerField()),
            ],
            options={
                "verbose_name": "change of bins",
                "verbose_name_plural": "changes of bins",
            },
        ),
        migrations.CreateModel(
            name="Bin",
            fields=[
                ("area", models.CharField(blank=True, db_collation="C", max_length=12)),
                ("social_open", models.IntegerField(default=0)),
                ("social_closed", models.IntegerField(default=0)),
                ("city_open", models.IntegerField(default=0)),
                ("city_closed", models.IntegerField(default=0)),
                ("governance_open", models.IntegerField(default=0)),
                ("governance_closed", models.IntegerField(default=0)),
                ("urgent", models.IntegerField(default=0)),
                ("overdue", models.IntegerField(default=0)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "z", "x", "y", "cell", "area", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("z", models.SmallIntegerField()),
                ("x", models.IntegerField()),
                ("y", models.IntegerField()),
                ("cell", models.SmallIntegerField()),
            ],
            options={
                "verbose_name": "bin",
                "verbose_name_plural": "bins",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("cell__gte", 0), ("cell__lt", 256), ("z__gte", 0), ("z__lte", 14)),
                        name="bin_is_in_its_tile",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("city_closed__gte", 0),
                            ("city_open__gte", 0),
                            ("governance_closed__gte", 0),
                            ("governance_open__gte", 0),
                            ("overdue__gte", 0),
                            ("social_closed__gte", 0),
                            ("social_open__gte", 0),
                            ("urgent__gte", 0),
                        ),
                        name="bin_counts_are_not_negative",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Category",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "network",
                    models.CharField(
                        choices=[
                            ("social_work", "social work"),
                            ("city_management", "city management"),
                            ("governance", "comprehensive governance"),
                        ],
                        max_length=20,
                        verbose_name="network",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="casework.category",
                        verbose_name="class above",
                    ),
                ),
            ],
            options={
                "verbose_name": "class of cases",
                "verbose_name_plural": "classes of cases",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "number",
                    models.CharField(
                        default=gridmap.casework.numbers.next_number, max_length=24, unique=True, verbose_name="number"
                    ),
                ),
                (
                    "network",
                    models.CharField(
                        choices=[
                            ("social_work", "social work"),
                            ("city_management", "city management"),
                            ("governance", "comprehensive governance"),
                        ],
                        max_length=20,
                        verbose_name="network",
                    ),
                ),
                ("description", models.TextField(blank=True, verbose_name="description")),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("reported", "reported"),
                            ("accepted", "accepted"),
                            ("dispatched", "dispatched"),
                            ("handling", "being handled"),
                            ("inspecting", "being inspected"),
                            ("closed", "case closed"),
                            ("refused", "not accepted"),
                        ],
                        default="reported",
                        max_length=12,
                        verbose_name="stage",
                    ),
                ),
                (
                    "is_open",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.ExpressionWrapper(
                            models.Q(("stage__in", ("closed", "refused")), _negated=True), models.BooleanField()
                        ),
                        output_field=models.BooleanField(verbose_name="still open"),
                    ),
                ),
                ("urgent", models.BooleanField(default=False, verbose_name="urgent")),
                ("reported_at", models.DateTimeField(verbose_name="reported at")),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due at")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed at")),
                ("overdue", models.BooleanField(default=False, editable=False, verbose_name="overdue")),
                ("geom", django.contrib.gis.db.models.fields.PointField(srid=4326, verbose_name="position")),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform(models.F("geom"), 3857),
                        output_field=django.contrib.gis.db.models.fields.GeometryField(srid=3857),
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="place")),
                ("area", models.CharField(blank=True, editable=False, max_length=15, verbose_name="area")),
                ("source", models.CharField(blank=True, max_length=80, verbose_name="source")),
                ("source_ref", models.CharField(blank=True, max_length=120, verbose_name="number in the source")),
                ("version", models.PositiveIntegerField(default=1, editable=False, verbose_name="version")),
                (
                    "community",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="territory.region",
                        verbose_name="community",
                    ),
                ),
                (
                    "grid",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="territory.grid",
                        verbose_name="grid",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="casework.category",
                        verbose_name="class of case",
                    ),
                ),
            ],
            options={
                "verbose_name": "case",
                "verbose_name_plural": "cases",
            },
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(("code__regex", "^[A-Z0-9][A-Z0-9-]*$")), name="category_code_is_plain"
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.CheckConstraint(
                condition=models.Q(("network__in", ["social_work", "city_management", "governance"])),
                name="category_has_a_network",
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=models.UniqueConstraint(fields=("id", "network"), name="category_with_its_network"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["area"], name="case_area_prefix", opclasses=["varchar_pattern_ops"]),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["-reported_at", "-id"], name="case_newest_first"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(("is_open", True)), fields=["due_at"], name="case_by_due_time"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__regex", "^\\d{8}-\\d{6,}$")), name="case_number_is_day_and_count"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("stage__in", ["closed", "refused"])),
                    models.Q(
                        ("closed_at__isnull", True),
                        ("stage__in", ["reported", "accepted", "dispatched", "handling", "inspecting"]),
                    ),
                    _connector="OR",
                ),
                name="case_is_over_when_it_was_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_at__isnull", True), ("closed_at__gte", models.F("reported_at")), _connector="OR"
                ),
                name="case_closes_after_its_report",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("due_at__isnull", True), ("due_at__gte", models.F("reported_at")), _connector="OR"),
                name="case_is_due_after_its_report",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("overdue", False), models.Q(("due_at__isnull", False), ("is_open", True)), _connector="OR"
                ),
                name="case_overdue_is_open_and_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("area", ""), ("community__isnull", True), ("grid__isnull", True)),
                    models.Q(("area__regex", "^\\d{12}$"), ("community__isnull", False), ("grid__isnull", True)),
                    models.Q(("area__regex", "^\\d{15}$"), ("community__isnull", False), ("grid__isnull", False)),
                    _connector="OR",
                ),
                name="case_area_is_its_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length("description"), 2000
                ),
                name="case_description_is_short",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)), name="case_version_counts_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source_ref", ""), _negated=True),
                fields=("source", "source_ref"),
                name="case_once_per_source",
            ),
        ),
    ]
