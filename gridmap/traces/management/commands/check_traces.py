"""`./run manage check_traces`: is the trail what it was? Exits with 1 where it is not."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from gridmap.traces import chain
from gridmap.traces.words import sentence


def anchor(text: str) -> chain.Head:
    """An anchor that was kept outside."""
    try:
        return chain.Head.parse(text)
    except ValueError:
        raise argparse.ArgumentTypeError(_("an anchor is written position:digest")) from None


class Command(BaseCommand):
    help = "Checks the chain that seals the trace entries, link by link; exits with 1 if anything was changed."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """What was kept outside."""
        parser.add_argument("--anchor", type=anchor, action="append", default=[], metavar="POSITION:DIGEST")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line per fault."""
        chain.seal_new()
        found = chain.faults(anchors=tuple(options["anchor"]))
        for fault in found:
            self.stdout.write(sentence(fault))
        if found:
            sys.exit(1)
        self.stdout.write(_("The trail is in order; its chain ends at %(head)s.") % {"head": chain.head() or "0"})
