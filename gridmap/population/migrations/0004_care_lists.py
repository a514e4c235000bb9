"""A list of who has one care tag, over a whole county: found in door order among those in care alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("population", "0003_taken"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="caretag",
            index=models.Index(
                condition=models.Q(("until__isnull", True)), fields=["kind", "resident"], name="care_tag_by_kind"
            ),
        ),
        migrations.AddIndex(
            model_name="resident",
            index=models.Index(
                models.F("area"),
                models.F("door_order"),
                models.F("id"),
                condition=models.Q(models.Q(("risk", ""), _negated=True), ("present", True)),
                include=("birth_year",),
                name="resident_in_care_by_door",
            ),
        ),
    ]
