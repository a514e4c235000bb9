"""The figures that the platform judges by until somebody writes down others, with where they are written."""

from typing import Any, NamedTuple

from gridmap.territory.models import Rule


class DefaultRule(NamedTuple):
    """One rule as it is first written into the database."""

    key: str
    name: str
    value: float
    unit: str
    source: str


DEFAULT_RULES = (
    DefaultRule("grid_households_target", "每网格目标户数", 300, "户", "调查报告九；舟山市网格化服务管理条例第九条"),
    DefaultRule("grid_households_min", "每网格户数下限", 240, "户", "调查报告九（目标 300 户 −20 %）"),
    DefaultRule("grid_households_max", "每网格户数上限", 360, "户", "调查报告九（目标 300 户 +20 %）"),
    DefaultRule("community_households_min", "每社区户数下限", 1000, "户", "调查报告一、四"),
    DefaultRule("community_households_max", "每社区户数上限", 3000, "户", "调查报告一、四"),
    DefaultRule("resettlement_households_max", "安置小区户数上限", 1500, "户", "调查报告十五"),
    DefaultRule(
        "care_visit_high_days", "高风险对象走访间隔", 7, "天", "特殊老人儿童巡访规定（每周一次，重大变故 24 小时内）"
    ),
    DefaultRule("care_visit_key_days", "重点对象走访间隔", 30, "天", "特殊老人儿童巡访规定（每月一次）"),
    DefaultRule("care_visit_general_days", "一般对象走访间隔", 90, "天", "特殊老人儿童巡访规定（每季度一次）"),
)


def write_missing_rules(**_signal: Any) -> None:
    """Add the rules that are not there yet, after every migrate; those that somebody has edited stay as they are."""
    Rule.objects.bulk_create((Rule(**rule._asdict()) for rule in DEFAULT_RULES), ignore_conflicts=True)
