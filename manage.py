#!/usr/bin/env python
"""Django's command line for gridmap; `./run manage …` calls it in the right environment."""

import os
import sys

from django.core.management import execute_from_command_line

#: What only the owner of the tables may do; everything else runs under the application's role.
OWNER_COMMANDS = frozenset({"migrate", "flush", "prune_traces"})


def choose_role(command: str) -> None:
    """Name the command in the trail; take the owner's database address where the command needs it and there is one."""
    os.environ["GRIDMAP_ACTOR"] = f"command:{command}"
    if command in OWNER_COMMANDS and (owner := os.environ.get("DATABASE_OWNER_URL")):
        os.environ["DATABASE_URL"] = owner


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")
    choose_role(sys.argv[1] if len(sys.argv) > 1 else "help")
    execute_from_command_line(sys.argv)
