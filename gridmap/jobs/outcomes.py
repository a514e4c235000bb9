"""Where the outcome of long work is looked at. Rooms above say so for their kinds."""

from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from uuid import UUID

from gridmap.jobs.models import Job

#: Of several jobs of one kind: the address of what each made or is about; a job without one is left out.
Finder = Callable[[list[Job]], Mapping[UUID, str]]
_finders: dict[str, Finder] = {}


def register_outcomes(kind: str, finder: Finder) -> None:
    """Say where work of `kind` is looked at."""
    _finders[kind] = finder


def outcomes_of(jobs: Iterable[Job]) -> dict[UUID, str]:
    """The addresses of the outcomes by job, with one question per kind."""
    found: dict[UUID, str] = {}
    for kind, same in groupby(sorted(jobs, key=lambda job: job.kind), key=lambda job: job.kind):
        if kind in _finders:
            found |= _finders[kind](list(same))
    return found
