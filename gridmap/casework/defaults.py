"""The classes of cases that the platform begins with, in words of our own; a city adds and renames as it likes."""

from typing import Any

from gridmap.accounts.roles import Network
from gridmap.casework.models import Category

CITY, GOVERNANCE, SOCIAL = Network.CITY_MANAGEMENT, Network.GOVERNANCE, Network.SOCIAL_WORK

#: Class → its network, its name, and what belongs to it, numbered from 01 in this order: append, never reorder.
CLASSES: dict[str, tuple[Network, str, tuple[str, ...]]] = {
    "C-E01": (
        CITY,
        "市容环境",
        (
            "私搭乱建", "暴露垃圾", "渣土堆积", "道路脏污", "路面破损", "绿地脏乱", "水面漂浮物", "露天焚烧",
            "露天烧烤", "噪声扰民", "动物尸体", "垃圾桶满溢", "养犬不规范", "外墙开裂脱落",
        ),
    ),
    "C-E02": (CITY, "户外广告", ("张贴小广告", "违规广告牌", "店招破损", "横幅乱挂")),
    "C-E03": (CITY, "施工管理", ("夜间施工", "施工占道", "扬尘未治", "施工垃圾未清", "围挡缺损", "未批先挖")),
    "C-E04": (CITY, "突发险情", ("管道爆裂", "下水堵塞", "路面塌陷", "道路积水", "线缆垂落", "高空坠物")),
    "C-E05": (
        CITY,
        "街面秩序",
        ("流动摊贩", "店外摆放", "占道经营", "非机动车乱停", "堵塞消防通道", "共享单车堆放"),
    ),
    "C-E06": (CITY, "其他事件", ("门前责任未落实", "桥下空间占用")),
    "C-C01": (CITY, "公用设施", ("井盖缺失", "井盖破损", "井盖松响", "路灯不亮", "电箱敞开", "消火栓损坏")),
    "C-C02": (CITY, "道路交通设施", ("护栏损坏", "标志牌歪斜", "信号灯故障", "路名牌缺失", "公交站亭破损")),
    "C-C03": (CITY, "环卫设施", ("垃圾桶破损", "公厕设施损坏", "果皮箱缺失")),
    "C-C04": (CITY, "园林绿化设施", ("行道树倾倒", "树池破损", "绿化护栏损坏", "健身器材损坏")),
    "C-C05": (CITY, "其他设施", ("宣传栏破损", "休息座椅损坏")),
    "Z-01": (
        GOVERNANCE,
        "矛盾纠纷",
        ("邻里纠纷", "婚恋家庭纠纷", "物业纠纷", "劳资纠纷", "征迁纠纷", "医患纠纷", "消费纠纷", "债务纠纷"),
    ),
    "Z-02": (GOVERNANCE, "治安隐患", ("盗窃线索", "可疑情况", "违规群租", "涉毒线索", "电信诈骗线索")),
    "Z-03": (
        GOVERNANCE,
        "公共安全",
        ("楼道堆物", "飞线充电", "燃气隐患", "危险物品", "小场所消防隐患", "高空抛物"),
    ),
    "Z-04": (GOVERNANCE, "出租与流动人口", ("新住户未登记", "违规隔断", "日租房扰民")),
    "Z-05": (GOVERNANCE, "校园及周边", ("校门口拥堵", "周边摊点", "周边治安")),
    "Z-06": (GOVERNANCE, "铁路与管线", ("护网破损", "违规穿越", "线路下堆物")),
    "Z-07": (GOVERNANCE, "行业检查", ("寄递网点", "重点场所", "危化企业")),
    "Z-08": (GOVERNANCE, "重点整治", ("重点地段", "重点问题")),
    "Z-09": (GOVERNANCE, "突发与群体", ("聚集", "网络舆情", "其他突发")),
    "S-01": (SOCIAL, "困难救助", ("低保咨询", "临时救助", "医疗救助", "住房困难", "助学", "残疾帮扶")),
    "S-02": (SOCIAL, "养老关爱", ("紧急呼叫", "走访未遇", "助餐", "助浴助医", "适老改造")),
    "S-03": (SOCIAL, "妇女儿童", ("困境儿童", "留守关爱", "家庭暴力线索", "课后照看")),
    "S-04": (SOCIAL, "卫生健康", ("慢病随访", "康复服务", "孕产服务", "防疫消杀")),
    "S-05": (SOCIAL, "就业社保", ("求职登记", "社保咨询", "技能培训")),
    "S-06": (SOCIAL, "物业与自治", ("业委会", "维修资金", "停车矛盾", "电梯故障", "加装电梯")),
    "S-07": (SOCIAL, "便民服务", ("代办", "政策咨询", "证明开具")),
    "S-08": (SOCIAL, "民情民意", ("建议", "表扬", "求助")),
    "S-09": (SOCIAL, "文体志愿", ("文体活动", "志愿服务", "党建活动")),
}  # fmt: skip
#: Of these who reports or is spoken of is harmed by being known: violence, drugs, health, disability, minors.
PRIVATE = frozenset(
    {
        "Z-01-02", "Z-02-04", "S-01-03", "S-01-06", "S-03-01", "S-03-02", "S-03-03", "S-04-01", "S-04-02", "S-04-03",
    }
)  # fmt: skip


def code_of(class_code: str, number: int) -> str:
    """The code of the number-th (from 1) category of a class."""
    return f"{class_code}-{number:02d}"


def write_missing_categories(**_signal: Any) -> None:
    """Add the classes that are not there yet, after every migrate; those that somebody has edited stay as they are."""
    Category.objects.bulk_create(
        (Category(code=code, name=name, network=network) for code, (network, name, _rest) in CLASSES.items()),
        ignore_conflicts=True,
    )
    above = dict(Category.objects.filter(code__in=CLASSES).values_list("code", "pk"))
    Category.objects.bulk_create(
        (
            Category(
                code=code_of(code, number),
                name=name,
                network=network,
                parent_id=above[code],
                private=code_of(code, number) in PRIVATE,
            )
            for code, (network, _name, names) in CLASSES.items()
            for number, name in enumerate(names, start=1)
        ),
        ignore_conflicts=True,
    )
