"""Pyramids drawn ahead: all there is, once, under the present revision; as a job when it is worth it."""

import threading
from datetime import timedelta
from pathlib import Path
from unittest.mock import create_autospec

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from gridmap.accounts.models import User
from gridmap.jobs.models import Job
from gridmap.jobs.progress import JobCancelledError, Progress
from gridmap.territory.models import Building, Grid, LayerRevision, StreetLamp
from layers import seeding, seeding_job, tilecache
from layers.cuts.cut import Address
from layers.revisions import revisions
from layers.tiles import draw
from tests.cast import COMMUNITIES, SOURCE, Cast, centre_of
from tests.layers.places import address_of, furnish


class InTurn:
    """Stands for the pool: the test's transaction is seen by its own thread alone."""

    def __init__(self, _size: int) -> None:
        pass

    def __enter__(self) -> "InTurn":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def submit(self, work, *arguments):  # type: ignore[no-untyped-def]
        from concurrent.futures import Future

        done: Future[object] = Future()
        done.set_result(work(*arguments))
        return done

    def shutdown(self, **_: object) -> None:
        pass


@pytest.fixture
def town(grids: list[Grid], monkeypatch: pytest.MonkeyPatch) -> None:
    furnish(grids[0].community)
    monkeypatch.setattr(seeding, "ThreadPoolExecutor", InTurn)


def silent(_share: float, _drawn: int) -> None:
    pass


def kept(settings: Settings, name: str) -> dict[str, bytes]:
    folder = Path(settings.TILE_CACHE_DIR) / name
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_tile_with_something_in_it_is_there_as_it_would_be_drawn(town: None, settings: Settings) -> None:
    done = seeding.seed("ground", [""], silent, deepest=15)
    revision = revisions([""])["ground"]
    found = kept(settings, "ground")
    assert done.drawn == len(found) and not done.stale
    for z in (6, 11, 13, 15):
        tile = Address(*address_of(centre_of(COMMUNITIES[0]), z))
        assert found[f"{revision}/{z}/{tile.x}/{tile.y}"] == tilecache.compress(draw("ground", tile, [""]))
    for building in Building.objects.all()[:20]:
        z, x, y = address_of(building.point, 15)
        assert found[f"{revision}/{z}/{x}/{y}"]


def test_a_second_time_draws_nothing(town: None) -> None:
    first = seeding.seed("things", [""], silent, deepest=14)
    second = seeding.seed("things", [""], silent, deepest=14)
    assert (second.drawn, second.present) == (0, first.drawn)


def test_what_begins_close_up_is_drawn_where_tiles_above_are_empty(town: None, settings: Settings) -> None:
    alone = centre_of(COMMUNITIES[3])
    StreetLamp.objects.create(source=SOURCE, source_ref="alone", geom=alone)
    seeding.seed("things", [""], silent, deepest=15)
    revision, found = revisions([""])["things"], kept(settings, "things")
    (z, x, y), (_z, across, down) = address_of(alone, 15), address_of(alone, 14)
    assert found[f"{revision}/{z}/{x}/{y}"] and not found[f"{revision}/14/{across}/{down}"]


def test_a_set_is_complete_where_its_last_layer_begins(db: None) -> None:
    assert seeding.complete_from("things", [""]) == 16


def test_a_set_of_ones_own_areas_is_seeded_for_them(town: None, settings: Settings) -> None:
    seeding.seed("areas", [COMMUNITIES[0]], silent, deepest=14)
    z, x, y = address_of(centre_of(COMMUNITIES[0]), 14)
    path = f"{revisions([COMMUNITIES[0]])['areas']}/{z}/{x}/{y}"
    assert kept(settings, "areas")[path] == tilecache.compress(draw("areas", Address(z, x, y), [COMMUNITIES[0]]))


def test_when_the_map_changes_meanwhile_the_rest_is_left(town: None, settings: Settings) -> None:
    keeping = seeding._Keeping("ground", ("",), 14)
    Building.objects.filter(pk=Building.objects.order_by("pk")[0].pk).update(number="9号楼")
    assert keeping.with_all_below(Address(*address_of(centre_of(COMMUNITIES[0]), 12))).stale
    assert kept(settings, "ground") == {}


def test_where_nothing_lies_nothing_is_drawn(db: None, settings: Settings) -> None:
    assert seeding.roots("ground", [""]) == []
    assert seeding.seed("ground", [""], silent) == seeding.Seeded()


def test_a_stop_leaves_no_thread_behind(town: None) -> None:
    class StoppedError(Exception):
        pass

    def stop(_share: float, _drawn: int) -> None:
        raise StoppedError

    before = threading.active_count()
    with pytest.raises(StoppedError):
        seeding.seed("ground", [""], stop, deepest=14)
    assert threading.active_count() == before


# --- as a job ---------------------------------------------------------------------------------------------------------
def test_a_job_draws_and_says_how_much(town: None, cast: Cast, settings: Settings) -> None:
    planner: User = cast.planner
    job = seeding_job.enqueue_seeding(names=["ground", "things"], areas=[""], by=planner, deepest=13)
    progress = create_autospec(Progress, instance=True)
    result = seeding_job.seed_as_job(job, progress)
    assert result["drawn"] == len(kept(settings, "ground")) + len(kept(settings, "things")) > 0
    assert result["stale"] == []
    shares = [call.args[0] for call in progress.report.call_args_list]
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_a_cancelled_job_stops_and_goes_on_where_it_was(town: None, cast: Cast, settings: Settings) -> None:
    job = seeding_job.enqueue_seeding(names=["ground"], areas=[""], by=cast.planner, deepest=13)
    progress = create_autospec(Progress, instance=True)
    progress.report.side_effect = JobCancelledError
    with pytest.raises(JobCancelledError):
        seeding_job.seed_as_job(job, progress)
    before = len(kept(settings, "ground"))
    progress.report.side_effect = None
    again = seeding_job.seed_as_job(job, progress)
    assert again["present"] == before and again["drawn"] + before == len(kept(settings, "ground"))


def test_only_a_large_quiet_changed_map_is_worth_it(town: None, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    later = now + 2 * seeding_job.QUIET
    assert seeding_job.seed_where_worth(now=later) is None  # a small map
    monkeypatch.setattr(seeding_job, "WORTH_BUILDINGS", 3)
    assert seeding_job.seed_where_worth(now=now + timedelta(seconds=5)) is None  # not quiet yet
    job = seeding_job.seed_where_worth(now=later)
    assert job is not None and set(job.parameters["sets"]) == {"ground", "things"}
    assert seeding_job.seed_where_worth(now=later) is None  # seen to already
    LayerRevision.objects.filter(layer="ground").update(number=1_000_000)
    again = seeding_job.seed_where_worth(now=later)
    assert again is not None and again.parameters["sets"] == ["ground"]


def test_the_command_draws_or_puts_it_in_the_queue(town: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed_tiles", "--set", "things", "--deepest", "13")
    assert "things: " in capsys.readouterr().out
    call_command("seed_tiles", "--queue", "--area", COMMUNITIES[0])
    assert Job.objects.get(kind=seeding_job.KIND).parameters["areas"] == [COMMUNITIES[0]]
