"""Classes of components as a city starts with: the five classes of GB/T 30428.2 and their usual sub-classes.

The names follow common practice of city-management systems; numbers differ from city to city, so they are rows of the
database that an installation may change, and this list only fills what is missing.
"""

from typing import Any

from gridmap.territory.models import ComponentClass

NAMES: dict[str, str] = {
    "01": "上水井盖 污水井盖 雨水井盖 雨水箅子 电力井盖 路灯井盖 通讯井盖 电视井盖 网络井盖 热力井盖 燃气井盖 公安井盖"
    " 消防设施 无主井盖 通讯交接箱 电力设施 立杆 路灯 地灯 景观灯 报刊亭 电话亭 邮筒 信息亭 自动售货机 健身设施"
    " 中继站 民用水井 供水器 变压器箱 燃气调压站 监控电子眼 售货亭 治安岗亭",
    "02": "停车场 停车咪表 公交站亭 出租车站牌 过街天桥 地下通道 高架立交桥 跨河桥 交通标志牌 交通信号灯 交通护栏"
    " 存车支架 路名牌 交通信号设施 道路信息显示屏 道路隔音屏 人行道桩",
    "03": "公共厕所 化粪池 公厕指示牌 垃圾间 垃圾箱 灯箱霓虹灯 广告牌匾 环保监测站 气象监测站 污水口监测站 噪声显示屏",
    "04": "古树名木 行道树 护树设施 花架花钵 绿地 雕塑 街头坐椅 绿地护栏 绿地维护设施 喷泉",
    "05": "重大危险源 工地 水域附属设施 水域护栏 港监设施 防汛墙",
}


def write_missing_classes(**_signal: Any) -> None:
    """Add the classes that are not there yet, after every migrate; those that somebody has edited stay as they are."""
    ComponentClass.objects.bulk_create(
        (
            ComponentClass(code=f"{major}{number:02d}", name=name)
            for major, names in NAMES.items()
            for number, name in enumerate(names.split(), start=1)
        ),
        ignore_conflicts=True,
    )
