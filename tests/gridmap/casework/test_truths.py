"""What the database holds about cases by itself, whoever writes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gridmap.accounts.roles import Network
from gridmap.casework.clock import note_overdue
from gridmap.casework.defaults import CLASSES, write_missing_categories
from gridmap.casework.models import Case, Category
from gridmap.casework.numbers import next_numbers
from gridmap.outbox.models import News
from gridmap.territory.models import Grid, LayerRevision
from gridmap.territory.services import NewGrid, replace_grids
from gridmap.traces.models import Entry
from tests.cast import COMMUNITIES, SIDE, Board, corner_of, square
from tests.gridmap.casework.making import REPORTED, category, close, make_case

pytestmark = pytest.mark.django_db


def refused(write: Callable[[], object], constraint: str) -> None:
    """The write is refused, by the constraint with this name."""
    with pytest.raises(IntegrityError) as trouble, transaction.atomic():
        write()
        settle()
    assert trouble.value.__cause__.diag.constraint_name in constraint.split("|")  # type: ignore[union-attr]


def settle() -> None:
    """Have done what waits for the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def revision() -> int:
    """The number of the layer of cases."""
    settle()
    return LayerRevision.objects.get(layer="cases").number


def corner_case(share: tuple[float, float], **values: Any) -> Case:
    """A case at this share of the way from the south-western corner of the first community."""
    west, south = corner_of(COMMUNITIES[0])
    return make_case(at=Point(west + SIDE * share[0], south + SIDE * share[1], srid=4326), **values)


def test_numbers_tell_the_day_and_never_repeat() -> None:
    days = [datetime(2026, 2, day, tzinfo=UTC).date() for day in (3, 1, 3)]
    numbers = next_numbers(days)
    assert [number[:9] for number in numbers] == ["20260203-", "20260201-", "20260203-"]
    assert len({number[9:] for number in [*numbers, *next_numbers(days)]}) == 6


def test_a_case_stands_in_the_grid_and_community_of_its_position(grids: list[Grid]) -> None:
    case = corner_case((0.25, 0.75))
    assert (case.grid, case.community) == (grids[0], grids[0].community)
    assert case.area == "990101001001001"


def test_on_a_border_the_lowest_code_has_it(grids: list[Grid]) -> None:
    assert corner_case((0.5, 0.5)).grid == grids[0]
    assert corner_case((0.5, 0.25)).grid == grids[2]


def test_without_a_grid_it_stands_in_the_community_and_outside_nowhere(board: Board) -> None:
    inside, outside = corner_case((0.2, 0.2)), corner_case((-3, -3))
    assert (inside.area, inside.grid, inside.community) == (COMMUNITIES[0], None, board.communities[0])
    assert (outside.area, outside.grid, outside.community) == ("", None, None)


def test_a_re_drawing_leaves_the_grid_of_the_day(grids: list[Grid]) -> None:
    before = corner_case((0.25, 0.75))
    west, south = corner_of(COMMUNITIES[0])
    drawn = timezone.now()
    shape = NewGrid(square(west, south, SIDE), Grid.Kind.GENERAL, [])
    (fresh,) = replace_grids(community=grids[0].community, grids=[shape], source="test", at=drawn)
    before.refresh_from_db()
    assert before.grid == grids[0]
    before.urgent = True
    before.save()
    assert Case.objects.get(pk=before.pk).area == grids[0].code
    late = corner_case((0.25, 0.75), reported_at=drawn - timedelta(days=1))
    assert late.grid == grids[0]  # the day of the report counts, not that of the writing
    assert corner_case((0.25, 0.75), reported_at=drawn + timedelta(days=1)).grid == fresh


def test_a_case_older_than_all_boundaries_stands_in_those_in_force(grids: list[Grid]) -> None:
    old = datetime(2001, 1, 1, tzinfo=UTC)
    assert corner_case((0.25, 0.25), reported_at=old).grid == grids[2]


def test_nobody_writes_the_place_but_the_position(grids: list[Grid]) -> None:
    case = corner_case((0.25, 0.75))
    other = Case.objects.filter(pk=case.pk)
    refused(lambda: other.update(area="990101001001002"), "case_keeps_its_place")
    refused(lambda: other.update(grid=grids[1]), "case_keeps_its_place")
    west, south = corner_of(COMMUNITIES[1])
    case.geom = Point(west + 0.001, south + 0.001, srid=4326)
    case.save()
    case.refresh_from_db()
    assert case.area == COMMUNITIES[1] + "003"


def test_closed_and_closing_time_go_together(board: Board) -> None:
    case = make_case()
    refused(lambda: Case.objects.update(stage=Case.Stage.CLOSED), "case_is_over_when_it_was_closed")
    refused(lambda: Case.objects.update(closed_at=timezone.now()), "case_is_over_when_it_was_closed")
    refused(lambda: Case.objects.update(stage="nonsense"), "case_is_over_when_it_was_closed")
    assert case.is_open
    close(case)
    assert not case.is_open


def test_times_follow_each_other(board: Board) -> None:
    before = REPORTED - timedelta(seconds=1)
    refused(lambda: make_case(due_at=before), "case_is_due_after_its_report")
    refused(lambda: make_case(stage=Case.Stage.CLOSED, closed_at=before), "case_closes_after_its_report")


def test_the_network_is_that_of_the_class(board: Board) -> None:
    refused(lambda: make_case("S-01-01", network=Network.GOVERNANCE), "case_has_its_category_s_network")
    make_case("S-01-01")
    refused(
        lambda: Category.objects.filter(code="S-01-01").update(network=Network.GOVERNANCE),
        "case_has_its_category_s_network|category_has_its_parents_network",
    )
    top = category("Z-01")
    refused(
        lambda: Category.objects.create(code="X-1", name="x", network=Network.SOCIAL_WORK, parent=top),
        "category_has_its_parents_network",
    )


def test_classes_have_two_levels() -> None:
    leaf = category("Z-01-01")
    refused(
        lambda: Category.objects.create(code="Z-01-01-1", name="x", network=leaf.network, parent=leaf),
        "categories_have_two_levels",
    )
    refused(lambda: Category.objects.create(code="z 1", name="x", network=leaf.network), "category_code_is_plain")


def test_shipped_classes_come_once_and_an_edited_one_stays() -> None:
    write_missing_categories()
    count = Category.objects.count()
    assert Category.objects.tops().count() == len(CLASSES)
    Category.objects.filter(code="Z-01-01").update(name="renamed")
    write_missing_categories()
    assert Category.objects.count() == count
    assert Category.objects.get(code="Z-01-01").name == "renamed"


def test_a_record_of_a_source_is_there_once(board: Board) -> None:
    make_case(source="311", source_ref="7")
    make_case(source="311")
    make_case(source="311")
    refused(lambda: make_case(source="311", source_ref="7"), "case_once_per_source")
    refused(lambda: make_case(number="7"), "case_number_is_day_and_count")
    refused(lambda: make_case(description="x" * 2001), "case_description_is_short")


def test_overdue_follows_stage_and_due_time_and_the_clock_marks_the_rest(board: Board) -> None:
    now = timezone.now()
    late = make_case(due_at=REPORTED + timedelta(hours=1))
    soon = make_case(due_at=now + timedelta(hours=1))
    without = make_case(due_at=None)
    assert (late.overdue, soon.overdue, without.overdue) == (True, False, False)
    close(late)
    assert not late.overdue
    later = now + timedelta(hours=2)
    assert list(Case.objects.overdue_at(later)) == [soon]


def test_the_sweep_marks_what_came_due_once_and_leaves_no_trace(board: Board) -> None:
    now = timezone.now()
    case, _later = make_case(due_at=now + timedelta(hours=1)), make_case(due_at=now + timedelta(hours=3))
    first, entries = revision(), Entry.objects.count()
    assert note_overdue(at=now) == 0
    assert note_overdue(at=now + timedelta(hours=2)) == 1
    assert note_overdue(at=now + timedelta(hours=2)) == 0
    case.refresh_from_db()
    assert case.overdue
    assert (revision(), Entry.objects.count()) == (first + 1, entries)


def test_every_change_of_what_the_map_shows_moves_the_revision_once(board: Board) -> None:
    case = make_case()
    first = revision()
    Case.objects.filter(pk=case.pk).update(description="a bin that runs over")
    assert revision() == first
    changes: list[dict[str, Any]] = [{"urgent": True}, {"stage": "accepted"}, {"due_at": None}]
    for number, values in enumerate(changes, start=1):
        Case.objects.filter(pk=case.pk).update(**values)
        assert revision() == first + number
    for _again in range(3):
        make_case()
    assert revision() == first + 4
    Case.objects.all().delete()
    assert revision() == first + 5


def news() -> list[tuple[str, str, str, dict[str, Any]]]:
    """The news of cases since it was last asked for."""
    rows = list(News.objects.filter(kind__startswith="case").order_by("pk"))
    News.objects.all().delete()
    return [(row.kind, row.area, row.reference, row.data) for row in rows]


def test_news_tell_who_sees_the_case_what_the_map_draws_of_it(grids: list[Grid]) -> None:
    case = corner_case((0.25, 0.75), urgent=True, description="never told", address="never told")
    told = {
        "k": "city_management",
        "c": "C-E01",
        "s": "reported",
        "o": True,
        "u": True,
        "lon": 119.9025,
        "lat": 30.1175,
    }
    (line,) = news()
    assert line[:3] == ("case", grids[0].code, str(case.pk))
    assert {key: value for key, value in line[3].items() if key != "d"} == told | {"change": "new"}
    west, south = corner_of(COMMUNITIES[1])
    case.geom = Point(west + 0.001, south + 0.001, srid=4326)
    case.save()
    assert [(area, data["change"]) for _kind, area, _key, data in news()] == [
        (grids[0].code, "gone"),
        (grids[6].code, "changed"),
    ]
    case.delete()
    assert [(area, data) for _kind, area, _key, data in news()] == [(grids[6].code, {"change": "gone"})]


def test_news_of_wider_areas_name_no_case(board: Board) -> None:
    corner_case((0.2, 0.2))
    corner_case((-3, -3))
    assert news() == [("case", COMMUNITIES[0], "", {})]


def test_of_very_many_changes_one_line_for_each_community(grids: list[Grid]) -> None:
    of, points = category(), [corner_case((x, 0.5)).geom for x in (0.3, 1.3)]
    news()
    numbers = next_numbers([REPORTED.date()] * 120)
    Case.objects.bulk_create(
        Case(number=number, category=of, network=of.network, reported_at=REPORTED, geom=points[index % 2])
        for index, number in enumerate(numbers)
    )
    assert sorted(news()) == [("cases", code, "", {}) for code in COMMUNITIES[:2]]
    Case.objects.filter(number__in=numbers).update(urgent=True)
    assert len(news()) == 2
    Case.objects.filter(number__in=numbers).delete()
    assert len(news()) == 2


def test_a_case_leaves_a_trace_in_its_area(grids: list[Grid]) -> None:
    case = corner_case((0.25, 0.75))
    entry = Entry.objects.filter(table_name="casework_case", row_id=str(case.pk)).latest("pk")
    assert (entry.kind, entry.area) == ("insert", grids[0].code)
