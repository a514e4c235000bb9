"""What a migration does to plans that were there before it."""

from importlib import import_module
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from gridmap.planning.models import Plan
from gridmap.territory.models import Region
from tests.cast import Board

JOB, OTHER = UUID(int=1), UUID(int=2)
MOVE = import_module("gridmap.planning.migrations.0005_followed_grids")


def drawn(community: Region, job: UUID | None, state: str = Plan.State.DRAFT) -> Plan:
    adopted = timezone.now() if state == Plan.State.ADOPTED else None
    return Plan.objects.create(community=community, job=job, state=state, adopted_at=adopted)


@pytest.mark.django_db
def test_of_plans_that_a_job_made_twice_one_stays_its_before_that_is_required(board: Board) -> None:
    (constraint,) = [one for one in Plan._meta.constraints if one.name == "one_plan_per_job_and_community"]
    here, there = board.communities[:2]
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(f"DROP INDEX {constraint.name}")
    twice = [drawn(here, JOB), drawn(here, JOB)]
    in_force = [drawn(there, JOB, Plan.State.ADOPTED), drawn(there, JOB)]
    alone = [drawn(here, OTHER), drawn(here, None), drawn(here, None)]
    forwards = {type(one).__name__: one for one in MOVE.Migration.operations}["RunSQL"]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(forwards.sql)
        cursor.execute(str(constraint.create_sql(Plan, connection.schema_editor())))
    jobs = dict(Plan.objects.values_list("pk", "job"))
    assert [jobs[plan.pk] for plan in twice] == [None, JOB]
    assert [jobs[plan.pk] for plan in in_force] == [JOB, None]
    assert [jobs[plan.pk] for plan in alone] == [OTHER, None, None]


def test_the_second_plans_are_let_go_before_the_constraint() -> None:
    names = [type(one).__name__ for one in MOVE.Migration.operations]
    assert names.index("RunSQL") < names.index("AddConstraint")
