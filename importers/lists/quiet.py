"""Failures in the midst of people's data are logged by their kind and place in the program, without their words."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from gridmap.jobs.progress import JobCancelledError
from gridmap.jobs.services import JobRefusedError
from importers.models import ImportRun
from importers.records import RefusedError, StalePlanError

log = logging.getLogger(__name__)
EXPECTED = (RefusedError, StalePlanError, JobCancelledError, JobRefusedError, OperationalError, InterfaceError)


@contextmanager
def quietly(run: ImportRun) -> Iterator[None]:
    """Let what is expected pass; of anything else in an import of people, an error's own words may repeat a value."""
    try:
        yield
    except EXPECTED:
        raise
    except Exception as problem:
        if not run.personal:
            raise
        frames = traceback.extract_tb(problem.__traceback__)
        trail = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
        log.error("list %s: %s in %s", run.pk, type(problem).__name__, trail)
        raise JobRefusedError(_("Something went wrong; see the log.")) from None
