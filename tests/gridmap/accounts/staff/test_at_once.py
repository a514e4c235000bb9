"""Two administrators at the same moment: one of them is told, nothing is held twice."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from gridmap.accounts.models import Post, User
from gridmap.accounts.roles import Role
from gridmap.accounts.staff.models import StaffList
from gridmap.accounts.staff.posts import change_end, end_post, give_post, version_of
from gridmap.accounts.staff.refusals import StaffRefusedError
from gridmap.accounts.staff.roster import Row
from gridmap.accounts.staff.stafflists import apply_list, keep_list
from gridmap.accounts.staff.tasks import forget_old_staff_lists
from tests.cast import give_post as put_post
from tests.cast import person
from tests.gridmap.accounts.staff.conftest import FIRST, details, in_days

pytestmark = pytest.mark.django_db(transaction=True)


def together(*acts: Callable[[], object]) -> list[str]:
    """What became of each of several acts that begin at the same moment: "done" or the code of the refusal."""
    barrier = threading.Barrier(len(acts), timeout=20)
    outcomes: list[str] = []

    def run(act: Callable[[], object]) -> None:
        try:
            barrier.wait()
            act()
            outcomes.append("done")
        except StaffRefusedError as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.fixture
def pair() -> tuple[User, User, User]:
    """Two administrators and a worker."""
    one, two, worker = person("one", "甲"), person("two", "乙"), person("wang", "王网格")
    for who in (one, two):
        put_post(who, Role.ADMINISTRATOR, "")
    put_post(worker, Role.GRID_WORKER, FIRST)
    return one, two, worker


def test_the_same_post_is_given_once(pair: tuple[User, User, User]) -> None:
    one, two, worker = pair
    now = timezone.now()

    def giving(by: User) -> Callable[[], object]:
        return lambda: give_post(person=worker, details=details(Role.GRID_LEADER), by=by, now=now)

    assert together(giving(one), giving(two)) == ["done", "same_post"]
    assert Post.objects.filter(person=worker, role=Role.GRID_LEADER).count() == 1


def test_two_duties_are_not_given_side_by_side(pair: tuple[User, User, User]) -> None:
    one, two, _worker = pair
    newcomer, now = person("new", "新人"), timezone.now()
    put_post(newcomer, Role.PLANNER, FIRST)

    def giving(by: User, role: Role) -> Callable[[], object]:
        return lambda: give_post(person=newcomer, details=details(role), by=by, now=now)

    assert together(giving(one, Role.AUDITOR), giving(two, Role.GRID_WORKER)) == ["done", "duties_apart"]


def test_of_two_changes_the_second_is_told(pair: tuple[User, User, User]) -> None:
    one, two, worker = pair
    post, now = worker.posts.get(), timezone.now()
    seen = version_of(post)

    def changing(by: User, days: int) -> Callable[[], object]:
        return lambda: change_end(post=post, ends_on=in_days(days), seen=seen, by=by, now=now)

    assert together(changing(one, 5), changing(two, 9)) == ["done", "stale"]


def test_ending_and_changing_at_once(pair: tuple[User, User, User]) -> None:
    one, two, worker = pair
    post, now = worker.posts.get(), timezone.now()
    seen = version_of(post)
    assert together(
        lambda: end_post(post=post, seen=seen, by=one, now=now),
        lambda: change_end(post=post, ends_on=in_days(5), seen=seen, by=two, now=now),
    ) == ["done", "stale"]


def test_a_list_sent_twice_is_applied_once(pair: tuple[User, User, User]) -> None:
    one, _two, _worker = pair
    now: datetime = timezone.now()
    row = Row(2, {"name": "孙新人", "username": "sun", "role": "楼栋长", "area": FIRST})
    kept = keep_list(file_name="a.csv", columns={}, rows=[row], by=one, now=now)

    def applying() -> Callable[[], object]:
        return lambda: apply_list(kept=kept, seen=kept.mark, by=one, now=now)

    assert together(applying(), applying()) == ["done", "stale"]
    assert User.objects.filter(username="sun").count() == 1
    StaffList.objects.update(created_at=now - timedelta(days=31))
    assert forget_old_staff_lists(timestamp=0) == 1
