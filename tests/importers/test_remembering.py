"""Which decisions on columns are kept for the next file of a source, and which are not brought up again."""

from __future__ import annotations

import pytest

from importers.columns import mapping, targets
from importers.models import ColumnMapping, ImportRun
from importers.remembering import recalled, remember

pytestmark = pytest.mark.django_db
COLUMNS = ("姓名", "身份证号", "联系电话")


def run_of(kind: str, source: str = "社区台账") -> ImportRun:
    return ImportRun(kind=kind, source=source, area="990101001001")


@pytest.mark.parametrize("kind", ["residents", "floating", "dwellings", "care", "regions", "compounds", "buildings"])
def test_a_choice_without_any_column_is_not_kept(kind: str) -> None:
    remember(run_of(kind), dict.fromkeys(targets(kind), ""))
    assert not ColumnMapping.objects.exists()


@pytest.mark.parametrize(("kind", "kept"), [("residents", 0), ("regions", 0), ("dwellings", 1), ("buildings", 1)])
def test_a_choice_without_a_required_column_is_not_kept(kind: str, kept: int) -> None:
    other = next(target for target in targets(kind) if target != "name")
    remember(run_of(kind), {**dict.fromkeys(targets(kind), ""), other: "乙"})
    assert ColumnMapping.objects.count() == kept


def test_a_later_failure_leaves_what_was_kept_before() -> None:
    run, good = run_of("residents"), {"name": "姓名", "phone": ""}
    remember(run, good)
    remember(run, dict.fromkeys(targets("residents"), ""))
    assert ColumnMapping.objects.get().mapping == good
    assert recalled(run, COLUMNS) == good


def test_one_field_left_out_is_kept_as_before() -> None:
    run = run_of("residents")
    remember(run, {"phone": ""})
    assert recalled(run, COLUMNS) == {"phone": ""}
    assert "phone" not in mapping("residents", COLUMNS, remembered=recalled(run, COLUMNS))


def test_what_was_decided_about_other_columns_gives_way_to_recognition() -> None:
    run = run_of("residents")
    remember(run, {**dict.fromkeys(targets("residents"), ""), "name": "爱民佳苑社区居民花名册（2026年11月）"})
    assert recalled(run, COLUMNS) == {}
    found = mapping("residents", COLUMNS, remembered=recalled(run, COLUMNS))
    assert found == {"name": "姓名", "id_number": "身份证号", "phone": "联系电话"}


def test_a_spoilt_choice_of_before_is_not_brought_up_again() -> None:
    run = run_of("residents")
    ColumnMapping.objects.create(
        source=run.source, kind=run.kind, area=run.area, mapping=dict.fromkeys(targets("residents"), "")
    )
    assert recalled(run, COLUMNS) == {}


def test_columns_put_together_are_known_again() -> None:
    run, chosen = run_of("buildings"), {"source_ref": "小区+楼号", "name": "", "number": "栋"}
    remember(run, chosen)
    assert recalled(run, ("小区", "楼号")) == chosen
    assert recalled(run, ("小区", "楼幢")) == {}
