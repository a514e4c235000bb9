"""`./run manage trace_anchor`: prints where the chain ends, to be kept where nobody of the house can change it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from gridmap.traces import chain


class Command(BaseCommand):
    help = "Prints position and digest of the end of the chain; keep them outside, and give them to check_traces later."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line, position:digest."""
        chain.seal_new()
        end = chain.anchor_now()
        if end is None:
            raise CommandError(_("There is nothing to anchor yet."))
        self.stdout.write(str(end))
