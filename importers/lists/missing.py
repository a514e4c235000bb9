"""Who or what is held from a source and no longer in its list: listed, and ended only where somebody says so."""

from __future__ import annotations

from collections.abc import Container, Iterable
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from gridmap.population.models import CareTag, Resident
from gridmap.vault.blind import blind_of
from importers.lists.models import ListRow
from importers.lists.plan import spoken, values_of
from importers.lists.rows import batches
from importers.models import ImportRun
from importers.records import StalePlanError

if TYPE_CHECKING:
    from importers.lists.persons_plan import PersonPlanner
    from importers.lists.writing import Writer

BATCH = 1000


def find_missing(run: ImportRun, planner: PersonPlanner | None) -> str:
    """Stage one row for everybody (or every care tag) of this source in the area that no row of the list means.

    Returns a digest of them as they are held now.
    """
    if planner is None or run.applied_at is not None:  # of an applied list only what waited is left to compare
        return _digest([])
    unplaced = _marks_of_unplaced(run)
    rows: list[ListRow] = []
    states: list[str] = []
    if run.kind == ImportRun.Kind.CARE:
        tags = (
            CareTag.objects.in_force().within(run.area).filter(source=run.source).select_related("resident__dwelling")
        )
        for tag in tags.iterator(chunk_size=BATCH):
            told = (tag.resident_id, tag.kind) in planner.cared
            if not told and unplaced.isdisjoint({tag.resident.name_blind, tag.resident.id_number_blind}):
                rows.append(_row(run, tag.pk, tag.resident, [tag.kind]))
                states.append(_tag_state(tag))
    else:
        for one in _residents_of(run, planner.met):
            if unplaced.isdisjoint({one.name_blind, one.id_number_blind}):
                rows.append(_row(run, one.pk, one, []))
                states.append(_resident_state(one))
    ListRow.objects.bulk_create(rows, batch_size=BATCH)
    return _digest(states)


def _marks_of_unplaced(run: ImportRun) -> set[str]:
    """Marks of those whom a row names that has no building or was refused: they are in the list all the same."""
    marks: set[str] = set()
    states = (*ListRow.OPEN, ListRow.State.LEFT_OUT, ListRow.State.REFUSED)
    for batch in batches(run, *states):
        for row in batch:
            values = values_of(row)
            for field in ("name", "id_number"):
                marks.update(blind_of(f"population_resident.{field}", spoken(values, field)))
    return marks


def _residents_of(run: ImportRun, met: Container[UUID]) -> list[Resident]:
    kinds = [Resident.Kind.FLOATING] if run.kind == ImportRun.Kind.FLOATING else [
        kind for kind in Resident.Kind if kind != Resident.Kind.FLOATING
    ]  # fmt: skip
    held: QuerySet[Resident] = Resident.objects.present().within(run.area).filter(source=run.source, kind__in=kinds)
    return [one for one in held.select_related("dwelling").iterator(chunk_size=BATCH) if one.pk not in met]


def _row(run: ImportRun, target: UUID, resident: Resident, care: list[str]) -> ListRow:
    return ListRow(
        run=run,
        area=run.area,
        row=0,
        state=ListRow.State.HELD,
        action=ListRow.Action.MISSING,
        target=target,
        changes=care,
        building_id=resident.dwelling.building_id,
        unit=resident.dwelling.unit,
        room=resident.dwelling.room,
    )


def keep_missing(run: ImportRun) -> None:
    """Lock whom or what the list no longer has; StalePlanError where they are not as they were looked at."""
    targets = _targets(run)
    if run.kind == ImportRun.Kind.CARE:
        tags = CareTag.objects.in_force().filter(pk__in=targets, source=run.source).select_related("resident")
        states = [_tag_state(tag) for tag in tags.order_by("pk").select_for_update(of=("self", "resident"))]
    else:
        people = Resident.objects.present().filter(pk__in=targets, source=run.source)
        states = [_resident_state(one) for one in people.order_by("pk").select_for_update(of=("self",))]
    if _digest(states) != run.counts.get("missing_digest"):
        raise StalePlanError


def _targets(run: ImportRun) -> list[UUID]:
    staged = ListRow.objects.filter(run=run, action=ListRow.Action.MISSING).values_list("target", flat=True)
    return [target for target in staged if target is not None]


def _resident_state(one: Resident) -> str:
    return f"{one.pk} {one.version}"


def _tag_state(tag: CareTag) -> str:
    return f"{tag.pk} {tag.risk} {tag.since} {_resident_state(tag.resident)}"


def _digest(states: Iterable[str]) -> str:
    return sha256("\n".join(sorted(states)).encode()).hexdigest()


def let_go_missing(run: ImportRun, writer: Writer) -> int:
    """End what the list no longer has: people are marked as gone, care tags end today. Returns how many."""
    targets, today = _targets(run), writer.today
    if run.kind == ImportRun.Kind.CARE:
        tags = CareTag.objects.in_force().filter(pk__in=targets, source=run.source)
    else:
        people = Resident.objects.present().filter(pk__in=targets, source=run.source)
        tags = CareTag.objects.in_force().filter(resident__in=people)
        writer.buildings |= set(people.values_list("dwelling__building", flat=True))
    writer.weighed |= set(tags.values_list("resident", flat=True))
    writer.buildings |= set(tags.values_list("resident__dwelling__building", flat=True))
    ended = tags.update(until=Greatest(F("since"), today))
    if run.kind == ImportRun.Kind.CARE:
        return ended
    return people.update(present=False, gone_on=today, version=F("version") + 1)
