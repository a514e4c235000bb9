"""`./run manage prune_traces`: forgets entries that were kept long enough. The owner's, not the application's."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from gridmap.traces import chain
from gridmap.traces.roles import owns_the_trail
from gridmap.traces.services import note


class Command(BaseCommand):
    help = "Forgets trace entries older than TRACE_KEEP_DAYS (people's data: TRACE_KEEP_PERSONAL_DAYS)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Says how many went; the chain over what remains can still be checked."""
        if not owns_the_trail():
            raise CommandError(_("Only the owner of the tables may forget traces: set DATABASE_OWNER_URL."))
        chain.seal_new()
        gone = chain.prune(timezone.now())
        note(kind="job", table="traces_entry", detail={"work": "prune_traces", "entries": gone})
        self.stdout.write(_("%(count)s entries were kept long enough and are forgotten.") % {"count": gone})
