"""The two long steps of a list of people: the dry run, and writing it; both through the same decisions, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from gridmap.accounts.permissions import may
from gridmap.accounts.roles import Verb
from gridmap.population.counting import recount_people, weigh_risk
from gridmap.territory.services import wait_for_other_writers
from importers.lists.doors import Doors
from importers.lists.dwellings_plan import DwellingPlanner
from importers.lists.elsewhere import Elsewhere, hits_stay_noted
from importers.lists.missing import find_missing, keep_missing, let_go_missing
from importers.lists.models import ListRow
from importers.lists.persons_plan import PersonPlanner
from importers.lists.placing import Places
from importers.lists.plan import Decision
from importers.lists.rows import Checked, batches, list_door, stage_list
from importers.lists.writing import Writer
from importers.models import ImportRun
from importers.records import RefusedError, StalePlanError

Report = Callable[[float], object]
READING_SHARE, WRITING_SHARE = 0.6, 0.9
ONE_LIST_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('gridmap.people.lists'))"
WRITTEN = ("action", "changes", "conflicts", "found", "target")
Action, State = ListRow.Action, ListRow.State
Planner = PersonPlanner | DwellingPlanner


def check_list(run: ImportRun, rows: Iterable[Checked], *, reading: Callable[[int], None], report: Report) -> None:
    """The dry run: every row checked, sealed, placed and compared, in the caller's transaction.

    Rows of earlier files of the same source that still waited are superseded by this one.
    """
    _refuse_without_right(run)
    with list_door(run, "check"):
        stage_list(run, rows, Places(run.area), report=reading)
        earlier = ImportRun.objects.filter(source=run.source, kind=run.kind, area=run.area, created_by=run.created_by)
        for older in earlier.exclude(pk=run.pk):
            _supersede(older)
        compare_list(run, report=lambda share: report(READING_SHARE + (1 - READING_SHARE) * share))


def compare_list(run: ImportRun, *, report: Report) -> None:
    """Set the action of every placed row, and the counts of the run. Inside a door."""
    planner, digest, done = planner_of(run), sha256(), 0
    ListRow.objects.filter(run=run, action=Action.MISSING).delete()
    total = max(ListRow.objects.filter(run=run, state=State.MATCHED).count(), 1)
    for batch in batches(run, State.MATCHED):
        decisions = planner.decide(batch)
        _add(digest, decisions)
        _save(batch)
        done += len(batch)
        report(done / total)
    missing = find_missing(run, planner if isinstance(planner, PersonPlanner) else None)
    run.counts = {
        **counts_of(run), "digest": digest.hexdigest(), "missing_digest": missing, "notes": [], "kinds": {},
    }  # fmt: skip
    run.save(update_fields=["counts"])


def apply_list(run: ImportRun, *, deactivate: bool, report: Report) -> dict[str, Any]:
    """Write the plan of a list in one transaction; StalePlanError after comparing again where it is another one now."""
    _refuse_without_right(run)
    try:
        with hits_stay_noted(run), list_door(run, "apply"):
            run = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
            _refuse_unless_checked(run)
            wait_for_other_writers()
            _one_at_a_time()
            gone = _write(run, deactivate, report)
            waiting = _keep_what_waits(run)
            counts = {**run.counts, "waiting": waiting, "open": _open_rows(run), "deactivated": gone}
            ImportRun.objects.filter(pk=run.pk).update(
                status=ImportRun.Status.APPLIED, applied_at=timezone.now(), stale=False, counts=counts
            )
    except StalePlanError:
        with hits_stay_noted(run), list_door(run, "check"):
            compare_list(run, report=lambda _share: None)
            ImportRun.objects.filter(pk=run.pk).update(status=ImportRun.Status.CHECKED, stale=True)
        raise
    report(1.0)
    return {name: value for name, value in counts.items() if isinstance(value, int)}


def planner_of(run: ImportRun) -> Planner:
    """Who decides the rows of this kind of list."""
    if run.kind == ImportRun.Kind.DWELLINGS:
        return DwellingPlanner(run, Doors())
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return PersonPlanner(run, Doors(), Elsewhere(run, since=midnight))


def counts_of(run: ImportRun) -> dict[str, int]:
    """Rows by action and by place. Inside a door."""
    rows = ListRow.objects.filter(run=run)
    found = {str(action): 0 for action in Action} | {f"place_{state}": 0 for state in State}
    for action, number in rows.values_list("action").annotate(number=Count("pk")).order_by():
        found[action or Action.SAME] += number
    for state, number in rows.exclude(state=State.HELD).values_list("state").annotate(number=Count("pk")).order_by():
        found[f"place_{state}"] += number
    found["rows"] = sum(found[f"place_{state}"] for state in State)
    found["uncompared"] = rows.filter(state=State.MATCHED, action="").count()
    found["contradicting"] = rows.exclude(conflicts=[]).count()
    return found


def count_again(run: ImportRun) -> None:
    """The counts after a decision about a row, those of an applied list as they were written. Inside a door."""
    if run.status == ImportRun.Status.APPLIED:
        picked = ListRow.objects.filter(run=run, state=State.MATCHED, action="").count()
        run.counts = {**run.counts, "open": _open_rows(run), "uncompared": picked}
    else:
        run.counts = {**run.counts, **counts_of(run)}
    run.save(update_fields=["counts"])


def _open_rows(run: ImportRun) -> int:
    return ListRow.objects.filter(run=run, state__in=ListRow.OPEN).count()


def _write(run: ImportRun, deactivate: bool, report: Report) -> int:
    """All decisions, batch by batch; StalePlanError where they are not those that were looked at."""
    planner, digest, done = planner_of(run), sha256(), 0
    writer = Writer(run, planner.doors, timezone.localdate())
    if deactivate:
        keep_missing(run)
    total = max(ListRow.objects.filter(run=run, state=State.MATCHED).count(), 1)
    for batch in batches(run, State.MATCHED):
        decisions = planner.decide(batch, lock=True)
        _add(digest, decisions)
        if isinstance(planner, DwellingPlanner):
            writer.write_dwellings(decisions)
        else:
            writer.write_people(decisions)
        done += len(batch)
        report(WRITING_SHARE * done / total)
    if digest.hexdigest() != run.counts.get("digest"):
        raise StalePlanError
    gone = let_go_missing(run, writer) if deactivate else 0
    weigh_risk(writer.weighed)
    recount_people(writer.buildings)
    return gone


def _keep_what_waits(run: ImportRun) -> int:
    """Forget what was written, held already or refused; rows without a building can be taken up later, and those for
    the street to decide can be looked at."""
    ListRow.objects.filter(run=run).exclude(state__in=ListRow.OPEN).exclude(action=Action.STREET).delete()
    return ListRow.objects.filter(run=run).count()


def take_up(run: ImportRun, *, report: Report) -> dict[str, Any]:
    """Compare a list again now that buildings were picked for some of its rows, of an applied one what still waited."""
    _refuse_without_right(run)
    with hits_stay_noted(run), list_door(run, "compare"):
        run = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
        compare_list(run, report=report)
        ImportRun.objects.filter(pk=run.pk).update(status=ImportRun.Status.CHECKED, stale=False)
    return dict(run.counts)


def _supersede(older: ImportRun) -> None:
    if ListRow.objects.filter(run=older).exists():
        ListRow.objects.filter(run=older).delete()
        if older.status in {ImportRun.Status.CHECKED, ImportRun.Status.READ}:
            ImportRun.objects.filter(pk=older.pk).update(status=ImportRun.Status.READ, counts={})
        else:
            ImportRun.objects.filter(pk=older.pk).update(
                counts={**older.counts, "waiting": 0, "open": 0, "uncompared": 0}
            )


def _refuse_without_right(run: ImportRun) -> None:
    """The right must hold when the work is done, not only when it was asked for."""
    if run.created_by is None or not may(run.created_by, Verb.IMPORT_PEOPLE, run.area):
        raise RefusedError("area_not_yours")


def _refuse_unless_checked(run: ImportRun) -> None:
    if run.status == ImportRun.Status.APPLIED:
        raise RefusedError("already_applied")
    if run.status not in {ImportRun.Status.CHECKED, ImportRun.Status.APPLYING}:
        raise RefusedError("not_checked_yet")


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ONE_LIST_AT_A_TIME)


def _add(digest: Any, decisions: Iterable[Decision]) -> None:
    """A short form of what would be written; keys of new records are made anew each time."""
    for one in decisions:
        row = one.row
        target = "" if row.action == Action.CREATED or one.joined else one.target
        digest.update(f"{row.row} {row.action} {row.changes} {row.conflicts} {target} {one.door}\n".encode())


def _save(batch: list[ListRow]) -> None:
    """What was decided about the rows; the many that are simply new or unchanged in one statement each."""
    plain: dict[str, list[Any]] = {}
    special = []
    for row in batch:
        if row.changes or row.conflicts or row.found or row.target:
            special.append(row)
        else:
            plain.setdefault(row.action, []).append(row.pk)
    with transaction.atomic():
        for action, pks in plain.items():
            ListRow.objects.filter(pk__in=pks).update(action=action, changes=[], conflicts=[], found=[], target=None)
        ListRow.objects.bulk_update(special, WRITTEN, batch_size=250)
