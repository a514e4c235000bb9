"""The counts of the overview are those of a recount, after whatever was written, by however many at once."""

import math
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection, connections, transaction
from django.utils import timezone

from gridmap.casework import bins
from gridmap.casework.clock import note_overdue
from gridmap.casework.models import Bin, BinChange, Case
from gridmap.casework.models.bins import KEPT, NEAREST, PLACE_BITS, SIDE
from gridmap.casework.numbers import next_numbers
from gridmap.casework.tasks import keep_cases
from layers.cuts.cut import WORLD_M
from tests.cast import COMMUNITIES, SOUTH, WEST, Board, draw_grids, set_up_board
from tests.gridmap.casework.making import REPORTED, category, close, make_case
from tests.layers.places import address_of

KINDS = ("S-01-01", "C-E01-02", "Z-01-01")
Counts = dict[tuple[Any, ...], Counter[str]]


def recount() -> Counts:
    """What the bins should hold, counted case by case."""
    found: Counts = {}
    for case in Case.objects.all():
        places = place_of(case)
        for z in range(NEAREST + 1):
            x, y = address_of(case.geom, z + 4)[1:]
            key = (z, x >> 4, y >> 4, (y % SIDE) * SIDE + x % SIDE, case.area[:12])
            network = case.network.split("_")[0]
            names = [f"{network}_{'open' if case.is_open else 'closed'}"]
            names += ["urgent"] * (case.urgent and case.is_open) + ["overdue"] * case.overdue
            here = found.setdefault(key, Counter())
            here.update(names)
            if case.is_open:
                here.update(open_x=places[0], open_y=places[1])
    return found


def place_of(case: Case) -> tuple[int, int]:
    """Where a case is from the north-west of the world, in the unit of the bins."""
    point = case.geom_3857
    across, down = ((way + WORLD_M / 2) / WORLD_M for way in (point.x, -point.y))
    return math.floor(across * 2**PLACE_BITS), math.floor(down * 2**PLACE_BITS)


def held() -> Counts:
    """What the bins hold."""
    rows = Bin.objects.values("z", "x", "y", "cell", "area", *KEPT)
    return {
        tuple(row[name] for name in ("z", "x", "y", "cell", "area")): Counter(
            {name: row[name] for name in KEPT if row[name]}
        )
        for row in rows
    }


def somewhere(chance: random.Random) -> Point:
    """On the board, or a little outside of it."""
    return Point(WEST + chance.uniform(-0.002, 0.022), SOUTH + chance.uniform(-0.002, 0.022), srid=4326)


def write_something(chance: random.Random) -> None:
    """One statement of one of the kinds that people and imports write."""
    chosen = list(Case.objects.order_by("?")[: chance.randrange(1, 5)])
    keys = Case.objects.filter(pk__in=[case.pk for case in chosen])
    deed = chance.randrange(8)
    if deed == 0 and chosen:
        keys.delete()
    elif deed == 1 and chosen:
        keys.update(urgent=chance.random() < 0.5, due_at=REPORTED + timedelta(hours=chance.randrange(200)))
    elif deed == 2 and chosen:
        keys.update(stage=Case.Stage.CLOSED, closed_at=REPORTED + timedelta(days=1))
    elif deed == 3 and chosen:
        keys.update(stage=Case.Stage.HANDLING, closed_at=None)
    elif deed == 4 and chosen:
        keys.update(geom=somewhere(chance))
    elif deed == 5 and chosen:
        point = chosen[0].geom  # some ten metres further, mostly in the same square
        keys.update(geom=Point(point.x + chance.uniform(-0.0001, 0.0001), point.y, srid=4326))
    else:
        write_cases(chance, chance.randrange(1, 6))


def write_cases(chance: random.Random, count: int) -> None:
    """So many fresh cases in one statement."""
    of = [category(chance.choice(KINDS)) for _ in range(count)]
    due = [chance.choice((None, REPORTED + timedelta(hours=1), REPORTED + timedelta(days=9999))) for _ in range(count)]
    Case.objects.bulk_create(
        Case(
            number=number,
            category=one,
            network=one.network,
            reported_at=REPORTED,
            due_at=due_at,
            urgent=chance.random() < 0.3,
            geom=somewhere(chance),
        )
        for number, one, due_at in zip(next_numbers([REPORTED.date()] * count), of, due, strict=True)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(4))
def test_bins_equal_a_recount_whatever_is_written(seed: int, board: Board) -> None:
    draw_grids(board.communities[0])
    chance = random.Random(seed)
    for step in range(40):
        write_something(chance)
        if step % 10 == 3:
            bins.fold(most=chance.choice((1, 7, 1000)))
        if step == 20:
            note_overdue(at=timezone.now() + timedelta(days=9000))
    bins.fold_all()
    assert held() == recount()
    assert BinChange.objects.count() == 0
    before = held()
    bins.count_anew()
    assert held() == before


@pytest.mark.django_db
def test_changes_that_change_no_count_note_nothing(board: Board) -> None:
    case = make_case()
    bins.fold_all()
    Case.objects.update(stage=Case.Stage.HANDLING, description="seen")
    assert not BinChange.objects.exists()
    close(case)
    assert BinChange.objects.count() == 1
    case.delete()
    bins.fold_all()
    assert not Bin.objects.exists()


@pytest.mark.django_db
def test_an_open_case_that_moves_within_its_square_is_noted_and_a_closed_one_is_not(board: Board) -> None:
    case = make_case(at=somewhere(random.Random(1)))
    bins.fold_all()
    square = Bin.objects.get(z=NEAREST)
    point = case.geom_3857
    point.x += 4 * WORLD_M / 2**PLACE_BITS * (1 if place_of(case)[0] % 256 < 128 else -1)
    Case.objects.update(geom=point.transform(4326, clone=True))
    (noted,) = BinChange.objects.all()
    assert noted.city_open == noted.open_y == 0 and abs(noted.open_x) in {3, 4, 5}
    bins.fold_all()
    assert Bin.objects.get(z=NEAREST).open_x == square.open_x + noted.open_x
    assert held() == recount()
    close(case)
    bins.fold_all()
    assert set(Bin.objects.values_list("open_x", "open_y")) == {(0, 0)}
    Case.objects.update(geom=case.geom)
    assert not BinChange.objects.exists()


@pytest.mark.django_db
def test_one_statement_notes_each_square_once(board: Board) -> None:
    of, point = category(), somewhere(random.Random(1))
    numbers = next_numbers([REPORTED.date()] * 500)
    Case.objects.bulk_create(
        Case(number=number, category=of, network=of.network, reported_at=REPORTED, geom=point) for number in numbers
    )
    assert list(BinChange.objects.values_list("city_open", flat=True)) == [500]


@pytest.mark.django_db
def test_the_worker_marks_and_folds(board: Board) -> None:
    make_case(due_at=timezone.now() + timedelta(seconds=0.05))
    assert keep_cases.func(timestamp=0) == 1
    assert Bin.objects.get(z=3).city_open == 1


@pytest.fixture
def open_board(transactional_db: None) -> Iterator[None]:
    """The chessboard for writers of their own connections."""
    for community in set_up_board().communities[:2]:
        draw_grids(community)
    for kind in KINDS:
        category(kind)
    yield


def in_threads(work: Callable[[random.Random], None], count: int) -> list[Exception]:
    """Run `work` in so many threads at once, each with a connection of its own; what went wrong."""
    wrong: list[Exception] = []
    start = threading.Barrier(count)

    def run(seed: int) -> None:
        try:
            start.wait()
            work(random.Random(seed))
        except Exception as trouble:  # told to the test
            wrong.append(trouble)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong


@pytest.mark.usefixtures("open_board")
def test_eight_writers_at_once_neither_wait_in_a_circle_nor_lose_a_count() -> None:
    """Each writes several statements per transaction, anywhere and in an order of its own, while bins are folded."""

    def write(chance: random.Random) -> None:
        for _ in range(12):
            with transaction.atomic():
                for _statement in range(3):
                    write_cases(chance, 2)
                mine = Case.objects.filter(source="", urgent=chance.random() < 0.5, version=1)
                own = mine.filter(number__in=[case.number for case in _mine(chance)])
                own.update(stage=Case.Stage.CLOSED, closed_at=REPORTED + timedelta(days=1))
            bins.fold(most=50)

    def _mine(chance: random.Random) -> list[Case]:
        """Cases that nobody else is writing now."""
        return list(Case.objects.select_for_update(skip_locked=True).filter(is_open=True).order_by("?")[:2])

    assert in_threads(write, 8) == []
    assert Case.objects.count() == 8 * 12 * 6
    bins.fold_all()
    assert held() == recount()


@pytest.mark.usefixtures("open_board")
def test_a_long_import_holds_up_nobody() -> None:
    """Another person reports in the same community while an import of many cases is not committed yet."""

    def report(chance: random.Random) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
        write_cases(chance, 1)
        bins.fold()

    with transaction.atomic():
        write_cases(random.Random(1), 50)
        assert in_threads(report, 2) == []
    bins.fold_all()
    assert held() == recount()
    assert {row.area for row in Bin.objects.all()} <= {"", *COMMUNITIES}


@pytest.mark.usefixtures("open_board")
def test_emptying_waits_for_a_fold_and_takes_what_it_added() -> None:
    """Nothing is left that no case stands for."""
    write_cases(random.Random(1), 20)

    def empty() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")  # the application may not
            cursor.execute("TRUNCATE casework_case CASCADE")
        connection.close()

    other = threading.Thread(target=empty)
    with transaction.atomic():
        assert bins.fold() > 0
        other.start()
        other.join(0.5)
        assert other.is_alive()
    other.join()
    assert not Bin.objects.exists() and not BinChange.objects.exists()
