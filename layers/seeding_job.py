"""Seeding as long work: seen on the page of work, with its progress, and stopped there."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from gridmap.accounts.models import User
from gridmap.jobs.models import Job
from gridmap.jobs.progress import Progress
from gridmap.jobs.services import enqueue
from gridmap.territory.models import Building, LayerRevision
from layers.revisions import revisions, scoped_sets, tile_sets
from layers.seeding import DEEPEST, seed

KIND = "seed_tiles"
EVERYWHERE = ("",)
#: With fewer buildings every tile is drawn in no time when it is asked for.
WORTH_BUILDINGS = 20_000
#: Imports commit more than once; seeding waits until nothing has changed for so long.
QUIET = timedelta(minutes=2)


def enqueue_seeding(*, names: list[str], areas: list[str], by: User | None, deepest: int = DEEPEST) -> Job:
    """Put the drawing of the sets' pyramids for viewers of `areas` in the queue."""
    present = revisions(areas)
    parameters = {
        "sets": names,
        "areas": areas,
        "deepest": deepest,
        "revisions": {name: present[name] for name in names},
    }
    return enqueue(kind=KIND, title=_("Drawing the tiles of the map ahead"), by=by, parameters=parameters)


def seed_as_job(job: Job, progress: Progress) -> Mapping[str, Any]:
    """The job: parameters `sets`, `areas`, `deepest`; the result says how many tiles were drawn and kept."""
    names = [name for name in job.parameters["sets"] if name in tile_sets()]
    drawn = present = size = 0
    stale: list[str] = []
    for number, name in enumerate(names):

        def report(share: float, count: int, before: int = drawn, number: int = number) -> None:
            message = _("%(count)d tiles drawn") % {"count": before + count}
            progress.report((number + share) / len(names), message)

        done = seed(name, job.parameters["areas"], report, deepest=job.parameters["deepest"])
        drawn, present, size = drawn + done.drawn, present + done.present, size + done.bytes
        stale += [name] if done.stale else []
    return {"drawn": drawn, "present": present, "bytes": size, "stale": stale}


def seed_where_worth(*, now: datetime) -> Job | None:
    """Put seeding in the queue for the sets that are the same for everyone and have changed since they were seeded.

    None where nothing has, where it is not quiet yet, or where the map is so small that nobody would notice.
    """
    names = sorted(set(tile_sets()) - scoped_sets())
    followed = {layer for name in names for layer in tile_sets()[name]}
    changed = LayerRevision.objects.filter(layer__in=followed).aggregate(at=Max("changed_at"))["at"]
    if changed is None or now - changed < QUIET or Building.objects.active().count() < WORTH_BUILDINGS:
        return None
    present = revisions(EVERYWHERE)
    due = [
        name
        for name in names
        if not Job.objects.filter(kind=KIND, **{f"parameters__revisions__{name}": present[name]}).exists()
    ]
    return enqueue_seeding(names=due, areas=list(EVERYWHERE), by=None) if due else None
