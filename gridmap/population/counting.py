"""Counts per building, and the worst risk of each resident: written here alone, from the records, reading none."""

from collections.abc import Iterable
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils import timezone

from gridmap.accounts.models import User
from gridmap.population.models import CountAuthority
from gridmap.territory.models import Building, Region
from gridmap.territory.services import recount_grids, wait_for_other_writers

#: How long a person's edit waits for an import or an adoption before its counts are left to the worker.
PATIENCE_S = 3
#: Below so many resident households a count by risk would point at a door.
FEWEST_HOUSEHOLDS = 3


def recount_people(building_ids: Iterable[int] | None = None) -> list[int]:
    """Count the people of these buildings (all by default) in the caller's transaction; returns the communities whose
    buildings and grids got other figures.

    The figures of `territory.Building` follow only where the records are the declared authority for the community.
    """
    chosen = None if building_ids is None else sorted(set(building_ids))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT population_recount(%s::bigint[], %s)", [chosen, timezone.localdate().year])
        communities = [int(row[0]) for row in cursor.fetchall()]
        for community in Region.objects.filter(pk__in=communities):
            recount_grids(community)
    return communities


def recount_soon(building_ids: Iterable[int]) -> None:
    """Count these buildings after the commit: at once, or by the worker while somebody else writes the ground."""
    chosen = sorted(set(building_ids))

    def count() -> None:
        try:
            with transaction.atomic():
                wait_for_other_writers(patience_s=PATIENCE_S)
                recount_people(chosen)
        except OperationalError:
            from gridmap.population.tasks import count_later  # noqa: PLC0415  (the queue is ready after all apps)

            count_later.defer(building_ids=chosen)

    transaction.on_commit(count)


def weigh_risk(resident_ids: Iterable[UUID] | None = None) -> int:
    """Write the worst risk of each resident's care tags in force; returns how many residents changed."""
    chosen = None if resident_ids is None else list(resident_ids)
    with connection.cursor() as cursor:
        cursor.execute("SELECT population_weigh(%s::uuid[])", [chosen])
        return int(cursor.fetchone()[0])


def count_by_records(*, community: Region, by: User | None) -> None:
    """Declare the residents' records the authority for the counts of a community, and count it."""
    with transaction.atomic():
        wait_for_other_writers()
        CountAuthority.objects.get_or_create(community=community, defaults={"declared_by": by})
        recount_people(Building.objects.filter(community=community).values_list("pk", flat=True))
