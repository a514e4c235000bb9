"""What ends half a sign-in, what a second factor was given before, and which browser did what."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_sign_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="failedsignin",
            name="browser",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="secondfactor",
            name="begun_in",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="user",
            name="factor_taken_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="second factor taken away at"),
        ),
        migrations.AddField(
            model_name="user",
            name="sign_in_epoch",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="times signed out everywhere"),
        ),
    ]
