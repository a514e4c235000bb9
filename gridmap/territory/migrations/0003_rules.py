"""The figures that the platform judges by, with where they are written; every one can be edited."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

RULES = [
    ("grid_households_target", "每网格目标户数", 300, "户", "调查报告九；《舟山市网格化服务管理条例》第九条"),
    ("grid_households_min", "每网格户数下限", 240, "户", "调查报告九（目标 300 户 −20 %）"),
    ("grid_households_max", "每网格户数上限", 360, "户", "调查报告九（目标 300 户 +20 %）"),
    ("community_households_min", "每社区户数下限", 1000, "户", "调查报告一、四"),
    ("community_households_max", "每社区户数上限", 3000, "户", "调查报告一、四"),
    ("resettlement_households_max", "安置小区户数上限", 1500, "户", "调查报告十五"),
]


def write(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Add the rules that are not there yet."""
    rule = apps.get_model("territory", "Rule")
    for key, name, value, unit, source in RULES:
        rule.objects.get_or_create(key=key, defaults={"name": name, "value": value, "unit": unit, "source": source})


class Migration(migrations.Migration):
    dependencies: ClassVar = [("territory", "0002_truths")]
    operations: ClassVar = [migrations.RunPython(write, migrations.RunPython.noop)]
