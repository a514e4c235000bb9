"""The small county town of the demonstration: where its crossings lie and what its communities hold.

Crossings are metres east and north of the centre. The figures of the communities named in the project's reports
(爱民佳苑, 国泰, 田上, 塔山, 长滩, 桐梓, 中兴, 陇海) are exact; the others are ordinary, of 1000-3000 households."""

from __future__ import annotations

from gridmap.district.compounds import Use
from gridmap.district.layout import AreaGoal, Layout
from gridmap.district.programme import Programme, Setting, ordinary
from gridmap.district.streets import Course

NODES: dict[str, tuple[float, float]] = {
    # river 澄江, west to east
    "R0": (-3350, 1010), "R1": (-1800, 900), "R2": (-1010, 330), "R3": (-190, -300),
    "R4": (720, -370), "R5": (1490, 20), "R6": (2350, 400), "R7": (3650, 230),
    # railway, north-west to east
    "T0": (-2760, 2480), "T1": (-1460, 1800), "Ta": (-640, 1500), "T2": (200, 1320),
    "T3": (910, 1215), "T4": (1660, 1090), "T5": (3650, 1380),
    # north bank
    "M1": (-1650, 1320), "M2": (-770, 950), "Mx": (-215, 715), "M3": (60, 620), "M4": (800, 530), "M5": (1540, 590),
    "C3": (-45, 165), "Cx": (-300, 290), "P": (-880, 640),
    "La": (-560, 1880), "Lb": (300, 1770), "Lc": (1010, 1560),
    # south bank
    "J0": (-1890, -330), "Jb": (-1040, -570), "J1": (-250, -850), "Jc": (330, -930), "J4": (700, -890),
    "J5": (1580, -690), "K1": (-290, -1430), "Kc": (310, -1500), "K5": (1660, -1330),
    # outer boundary
    "N1": (-1900, 2560), "N2": (-700, 2480), "N3": (500, 2480), "N4": (1700, 2150), "N5": (2800, 2000),
    "W1": (-3330, 1900), "S2": (420, -2100),
}  # fmt: skip

RIVER = "澄江"
ARTERIAL, LOCAL = "road_arterial", "road_local"


def _road(name: str, points: str, *, width_m: float = 32.0, bounds: bool = True, bridges: bool = False) -> Course:
    kind = ARTERIAL if width_m >= 24 else LOCAL
    return Course(name, kind, width_m, tuple(points.split()), bounds=bounds, bridges=bridges)


COURSES: tuple[Course, ...] = (
    Course(RIVER, "river", 150.0, ("R0", (-2550, 1120), "R1", "R2", "R3", "R4", "R5", "R6", "R7")),
    Course("成澄铁路", "rail", 26.0, ("T0", "T1", "Ta", "T2", "T3", "T4", (2600, 1150), "T5")),
    _road("环城西路", "J0 R1 M1 T1", width_m=36, bridges=True),
    _road("人民路", "R2 P M2 Ta La"),
    _road("解放路", "K1 J1 R3 C3 M3 T2 Lb", width_m=34, bridges=True),
    _road("东门路", "J4 R4 M4 T3 Lc"),
    _road("朝阳路", "K5 J5 R5 M5 T4", width_m=36, bridges=True),
    _road("中山路", "M1 M2 Mx M3 M4 M5", width_m=36),
    _road("爱民大街", "J0 Jb J1 Jc J4 J5", width_m=36),
    _road("滨河路", "Jb R2", width_m=26),
    _road("环城北路", "T1 La Lb Lc T4", width_m=30),
    _road("环城南路", "K1 Kc K5", width_m=34),
    _road("望月街", "Jc Kc", width_m=26),
    _road("鼓楼街", "C3 Cx Mx", width_m=16),
    _road("文庙街", "Cx P", width_m=18, bounds=False),
    Course("工业大道", ARTERIAL, 30.0, ("M5", (2200, 790), (2950, 830), (3640, 760), (4100, 740)), bounds=False),
    Course("桃源大道", ARTERIAL, 28.0, ("J5", (2150, -700), (2650, -520), (3150, -390), (3700, -330)), bounds=False),
    Course("站北路", LOCAL, 14.0, ("Lb", (380, 2080), (300, 2440), (340, 2800)), bounds=False),
    Course("", "boundary", 0.0, ("R0", "W1", (-3220, 2330), "T0")),
    Course("", "boundary", 0.0, ("T0", "N1", "N2", "N3", "N4", "N5", (3550, 1780), "T5")),
    Course("", "boundary", 0.0, ("T5", (3800, 800), "R7")),
    Course(
        "", "boundary", 0.0, ("R0", (-3150, 250), (-2550, -480), (-1950, -1000), (-1150, -1420), (-450, -1830), "S2")
    ),
    Course("", "boundary", 0.0, ("S2", (1250, -1930), (2050, -1560), (2560, -1020), (3120, -420), "R7")),
    Course("", "boundary", 0.0, ("Kc", (430, -1800), "S2")),
)

AREA_GOALS: tuple[AreaGoal, ...] = (
    AreaGoal("爱民佳苑", 320_000.0, ("K1", "Kc"), (0.0, -1.0)),
    AreaGoal("中兴", 100_000.0, ("Cx", "Mx"), (-0.92, 0.36)),
    AreaGoal("桐梓", 6_700_000.0, ("N1", "N2", "N3", "N4", "N5"), (0.0, 1.0)),
)

# where each community lies: one point in each of its faces
PLACES: dict[str, tuple[tuple[float, float], ...]] = {
    "桐梓": ((-2600, 1600), (-300, 2200)),
    "西坪": ((-1400, 1000), (-1150, 1450)),
    "北门": ((-300, 1150), (100, 1080)),
    "陇海": ((-600, 1700), (-100, 1650), (600, 1450), (1150, 1300)),
    "朝阳": ((480, 900), (1200, 850)),
    "东升": ((2500, 800),),
    "鼓楼": ((-650, 450),),
    "中兴": ((-120, 450),),
    "东关": ((300, 200),),
    "东桥": ((1200, 300),),
    "田上": ((-2500, 200),),
    "长滩": ((-1500, 100),),
    "滨河": ((-600, -300), (250, -650)),
    "爱民佳苑": ((0, -1200),),
    "塔山": ((1100, -500), (900, -1150)),
    "国泰": ((2500, -700),),
}
STREETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("城北街道", ("桐梓", "西坪", "北门", "陇海", "朝阳", "东升")),
    ("城关街道", ("鼓楼", "中兴", "东关", "东桥")),
    ("江南街道", ("田上", "长滩", "滨河", "爱民佳苑", "塔山", "国泰")),
)

_MIXED = ((Use.SLAB, 3.0), (Use.MIDRISE, 1.0), (Use.TOWER, 1.0))
_OLD = ((Use.OLD_TOWN, 3.0), (Use.WORK_UNIT, 1.0), (Use.SLAB, 1.6))

PROGRAMMES: tuple[Programme, ...] = (
    Programme("爱民佳苑", 2914, 4046, 7067, 1168, Setting.ESTATE, buildings=88, homestead="爱民佳苑", dark=True),
    Programme(
        "国泰", 2115, 2702, 7892, 1342, block_m2=62_000, buildings=1992, villas=1388, homestead="国泰山庄",
        mix=((Use.VILLA, 3.6), (Use.GREEN, 2.4), (Use.OLD_TOWN, 0.8), (Use.GREEN, 0.7)),
        civic=(Use.PARK, Use.SCHOOL, Use.MARKET),
    ),
    Programme("田上", 43, 55, 176, 51, Setting.RURAL, civic=(), block_m2=150_000, buildings=8),
    Programme(
        "塔山", 11_640, 14_350, 30_560, 4_280, block_m2=36_000, homestead="塔山新城",
        mix=((Use.RESETTLEMENT, 3.0), (Use.HIGHRISE, 0.6), (Use.TOWER, 2.2), (Use.SLAB, 2.5)),
        civic=(Use.SCHOOL, Use.SCHOOL, Use.PARK, Use.MARKET, Use.HOSPITAL, Use.SQUARE),
    ),
    Programme("长滩", 131, 182, 338, 104, Setting.RURAL, civic=(), block_m2=60_000, buildings=58),
    Programme("桐梓", 1384, 1790, 4286, 1088, Setting.RURAL, civic=(), block_m2=110_000),
    Programme(
        "中兴", 1012, 1240, 2328, 612, block_m2=10_000, mix=((Use.OLD_TOWN, 3.0), (Use.SLAB, 2.0)), civic=(Use.MARKET,),
    ),
    Programme(
        "陇海", 1100, 1420, 2640, 607, block_m2=32_000, homestead="铁路新村",
        mix=((Use.FACTORY, 3.0), (Use.WORK_UNIT, 1.7), (Use.GREEN, 0.5), (Use.FACTORY, 1.5)),
        civic=(Use.SCHOOL, Use.OFFICE, Use.PARK, Use.MARKET),
    ),
    ordinary("西坪", 2360, _MIXED, (Use.SCHOOL, Use.PARK, Use.MARKET, Use.OFFICE, Use.FACTORY)),
    ordinary(
        "北门", 2280, ((Use.WORK_UNIT, 2.0), (Use.SLAB, 3.0)), (Use.SCHOOL, Use.MARKET, Use.SQUARE, Use.PARK),
        old_share=0.23,
    ),
    ordinary(
        "朝阳", 2890, _MIXED,
        (Use.HOSPITAL, Use.SCHOOL, Use.SCHOOL, Use.PARK, Use.MARKET, Use.OFFICE, Use.OFFICE),
    ),
    ordinary(
        "东升", 1180,
        ((Use.FACTORY, 4.0), (Use.SLAB, 0.7), (Use.RESETTLEMENT, 0.8), (Use.FACTORY, 3.0), (Use.GREEN, 1.2)),
        (Use.PARK, Use.SCHOOL, Use.MARKET, Use.OFFICE),
        block_m2=52_000, per_household=2.8, old_share=0.11, vacancy=0.28,
    ),
    ordinary(
        "鼓楼", 2740, _OLD, (Use.SCHOOL, Use.MARKET, Use.SQUARE, Use.PARK, Use.OFFICE), block_m2=18_000, old_share=0.27,
    ),
    ordinary(
        "东关", 2520, _OLD, (Use.SCHOOL, Use.PARK, Use.MARKET, Use.HOSPITAL, Use.OFFICE),
        block_m2=20_000, old_share=0.25,
    ),
    ordinary("东桥", 1960, ((Use.SLAB, 2.0), (Use.TOWER, 1.0)), (Use.SCHOOL, Use.PARK, Use.SQUARE, Use.OFFICE)),
    ordinary(
        "滨河", 2950, ((Use.MIDRISE, 2.0), (Use.SLAB, 2.0), (Use.TOWER, 1.0)),
        (Use.PARK, Use.SCHOOL, Use.MARKET, Use.SQUARE, Use.SCHOOL), vacancy=0.3, old_share=0.14,
    ),
)  # fmt: skip


def county_town() -> Layout:
    return Layout(
        county="澄江区",
        nodes=NODES,
        courses=COURSES,
        places=PLACES,
        streets=STREETS,
        programmes=PROGRAMMES,
        goals=AREA_GOALS,
        bridge_names={"环城西路": "澄江西桥", "解放路": "澄江大桥", "朝阳路": "朝阳大桥"},
    )
