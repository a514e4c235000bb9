"""`manage.py seed_demo`: a district, its grids and its people, where the database is still empty."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from gridmap.district.cast import demo_password, open_accounts
from gridmap.territory.models import Grid, Region


class Command(BaseCommand):
    help = "Fills an empty database with the generated district, draws its grids and opens the demo accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        if not Region.objects.exists():
            call_command("generate_district", stdout=self.stdout)
        if not Grid.objects.exists():
            call_command("draw_grids", all=True, adopt=True, stdout=self.stdout)
        open_accounts(password=demo_password(settings.VAR_DIR), today=timezone.localdate())
