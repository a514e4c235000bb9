"""Which column of a file means what: a table of Chinese and English names for every target field.

The match is a proposal with a confidence; a person sees it, changes it, and the change is remembered per source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from importers.lists.names import LIST_SYNONYMS, OTHER_HEADINGS

# Target field → names it goes by, best first. Compared without case, spaces, punctuation and full-width forms.
_NUMBER_IN_SOURCE = (
    "source_ref",
    "ref",
    "id",
    "编号",
    "编码",
    "标识码",
    "唯一标识",
    "uuid",
    "guid",
    "objectid",
    "fid",
    "osm_id",
)
_NAME = ("name", "名称", "mc", "name_zh", "name:zh", "NAME_CHN", "标准名称")
_ADDRESS = ("address", "地址", "详细地址", "门牌地址", "标准地址", "详址", "dz", "addr", "street", "街路巷",
            "addr_street",
            "street_name", "道路名称", "ADDRESSSTREETNAME")  # fmt: skip
_KIND = ("kind_code", "kind", "type", "类型", "类别", "种类", "lx", "category", "class")

SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = {
    "regions": {
        "source_ref": ("SUBZONE_C", "Subzone Code", "社区编号", "社区编码", "区划编号", "单元编号", "CODE2", "CODE1",
                       *_NUMBER_IN_SOURCE),
        "code": ("code12", "region_code", "行政区划代码", "区划代码", "统计用区划代码", "社区代码", "nbs_code_2021",
                 "nbs_code",
                 "统计代码", "社区12位代码", "ADMINCODE", "code"),
        "name": ("社区名称", "社区", "SUBZONE_N", "Subzone Name", "community", "community_name", "居委会",
                 "居委会名称",
                 "村居名称", "区划名称", "sqmc", *_NAME),
        "street": ("街道", "街道名称", "镇街", "乡镇街道", "所属街道", "street", "town", "PLN_AREA_N",
                   "Planning Area Name",
                   "TOWN_NAME", "township", "subdistrict", "jdmc"),
        "county": ("区县", "区县名称", "所属区县", "district", "county", "REGION_N", "Region Name"),
        "level": ("level_code", "level", "级别", "行政级别", "层级"),
    },
    "compounds": {
        "source_ref": ("小区编号", "小区编码", "院落编号", "estate_id", *_NUMBER_IN_SOURCE),
        "name": ("小区名称", "小区", "院落名称", "estate", "compound", "xqmc", "楼盘名称", *_NAME),
        "kind": ("小区类型", "房屋性质", *_KIND),
        "walled": ("walled", "是否封闭", "封闭小区", "有无围墙", "gated"),
    },
    "buildings": {
        "source_ref": ("楼栋编号", "楼栋编码", "建筑编号", "楼栋代码", "幢编号", "building_id", "CODEBASE", "BBL",
                       "POSTAL", "postcode",
                       "ldbh", *_NUMBER_IN_SOURCE),
        "number": ("楼号", "幢号", "栋号", "楼栋号", "门牌号", "blk_no", "block_no", "house_number",
                   "addr_housenumber",
                   "addr:housenumber", "number", "lh"),
        "name": ("楼栋名称", "建筑名称", "楼名", "building_name", "ldmc", *_NAME),
        "kind": ("建筑类型", "房屋用途", "建筑用途", "bldg_type", "building_type", "BldgClass", *_KIND),
        "address": ("Address", *_ADDRESS),
        "households": ("户数", "常住户数", "楼栋户数", "总户数", "实有户数", "住户数", "households", "H_CNT",
                       "hh_count", "household_count",
                       "num_households", "hushu", "hs"),
        "dwellings": ("套数", "房屋套数", "住宅套数", "户室数", "总套数", "UnitsRes", "total_dwelling_units",
                      "dwellings", "dwelling_units",
                      "units", "building:flats", "flats", "apartments"),
        "residents": ("人口", "人数", "常住人口", "楼栋人数", "总人口", "实有人口", "residents", "population",
                      "P_CNT", "pop",
                      "persons", "rk"),
        "elders": ("老人", "老年人", "老年人口", "60岁以上", "60岁以上人口", "60岁及以上", "elders", "elderly",
                   "age60plus", "pop_60plus"),
        "floors": ("层数", "楼层", "地上层数", "总层数", "楼层数", "floors", "NumFloors", "max_floor_lvl",
                   "building:levels", "levels",
                   "storeys", "stories", "cs"),
        "entrances": ("单元数", "单元", "entrances", "entrance_count", "dys"),
    },
    "ground": {
        "source_ref": ("道路编号", "road_id", *_NUMBER_IN_SOURCE),
        "name": ("道路名称", "路名", "河流名称", "road_name", *_NAME),
        "kind": ("道路等级", "等级", "fclass", "highway", "kind_detail", *_KIND),
        "weight": ("weight", "权重", "阻隔权重"),
    },
    "cameras": {
        "source_ref": ("摄像机编号", "设备编码", "国标编码", "国标编号", "camera_id", "device_id",
                       *_NUMBER_IN_SOURCE),
        "name": ("摄像机名称", "设备名称", "点位名称", "camera_name", *_NAME),
        "place": ("安装位置", "安装地址", "点位地址", "place", "location", "位置", *_ADDRESS),
        "bearing_deg": ("bearing_deg", "朝向", "方位角", "方向", "bearing", "direction", "camera:direction",
                        "heading", "azimuth", "朝向角", "镜头方向", "监控方向"),
        "angle_deg": ("angle_deg", "视场角", "水平视角", "水平视场角", "fov", "angle"),
        "range_m": ("range_m", "监控距离", "可视距离", "range", "distance"),
        "height_m": ("height_m", "安装高度", "高度", "height"),
        "tilt_deg": ("tilt_deg", "俯角", "俯仰角", "下倾角", "camera:angle", "tilt"),
        "status": ("status_code", "statu_code", "设备状态", "状态", "status", "在线状态"),
        "sees_at_night": ("夜视", "红外", "是否夜视", "night", "night_vision", "infrared"),
        "pole": ("pole", "杆件编号", "杆号", "立杆编号", "灯杆编号", "杆编号", "pole_id", "pole_no"),
        "code": ("GB28181", "gb28181编码", "通道编码", "device_code", "国标设备编码"),
        "coverage": ("coverage_code", "cover_code", "coverage", "覆盖类别", "点位类别", "监控点类别", "监控点位类型"),
        "owner": ("owner", "权属单位", "所属单位", "建设单位", "operator"),
    },
    "lamps": {
        "source_ref": ("路灯编号", "灯杆编号", "lamp_id", *_NUMBER_IN_SOURCE),
        "lit": ("是否亮灯", "亮灯状态", "是否亮", "lit"),
        "status": ("status_code", "statu_code", "设备状态", "状态", "status", "在线状态"),
        "pole": ("pole", "杆件编号", "杆号", "立杆编号", "pole_id", "pole_no"),
    },
    "components": {
        "source_ref": ("部件编号", "component_id", *_NUMBER_IN_SOURCE),
        "code": ("部件标识码", "标识码", "部件编码", "部件代码", "objcode", "component_code", "code"),
        "name": ("部件名称", "objname", *_NAME),
        "state": ("state_code", "部件状态", "状态", "state", "objstate", "status"),
        "manager": ("主管部门", "主管部门名称", "管理部门", "deptname1", "manager"),
        "owner": ("权属单位", "权属单位名称", "权属部门", "deptname2", "owner"),
        "keeper": ("养护单位", "养护单位名称", "养护部门", "维护单位", "deptname3", "keeper"),
        "keeper_phone": ("养护电话", "养护单位电话", "联系电话", "phone"),
        "accuracy": ("accuracy_code", "accur_code", "精度", "精度等级", "定位精度", "accuracy"),
        "surveyed_on": ("普查日期", "普查时间", "采集日期", "ordate", "chdate", "surveyed_on"),
    },
    "facilities": {
        "source_ref": ("设施编号", "机构编号", "facility_id", *_NUMBER_IN_SOURCE),
        "name": ("设施名称", "机构名称", "单位名称", "facility_name", "ADDRESSBUILDINGNAME", *_NAME),
        "kind": ("设施类型", "机构类型", "设施类别", "amenity", *_KIND),
        "address": _ADDRESS,
        "phone": ("电话", "联系电话", "phone", "telephone", "contact:phone", "tel"),
        "capacity": ("容量", "床位数", "床位", "核定床位", "座位数", "capacity", "beds"),
        "area_m2": ("面积", "建筑面积", "area_m2", "area", "floor_area"),
        "accessible": ("无障碍", "是否无障碍", "accessible", "wheelchair"),
        "hours_text": ("hours_code", "营业时间", "开放时间", "服务时间", "办公时间", "opening_hours", "hours",
                       "hours_text"),
    },
}  # fmt: skip
SYNONYMS["barriers"] = SYNONYMS["ground"]
SYNONYMS |= LIST_SYNONYMS

STATISTICS_CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}")
EXACT, CLOSE, PARTIAL = 1.0, 0.9, 0.6
MIN_PARTIAL_CHARACTERS = 2
UNITS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]$")


@dataclass(frozen=True, slots=True)
class Match:
    """A target field, the column proposed for it, how sure (0–1), and whether it was "exact",
    "close" or "partial"."""

    target: str
    column: str
    confidence: float
    how: str


def targets(kind: str) -> tuple[str, ...]:
    """The fields that rows of `kind` can fill, in the order they are shown."""
    return tuple(SYNONYMS.get(kind, {}))


def match(kind: str, columns: Sequence[str]) -> list[Match]:
    """A proposal for every target of `kind` that some column fits; each column serves one target, the surest first."""
    proposals = [
        (confidence, -order, -place, target, column, how)
        for order, (target, names) in enumerate(SYNONYMS.get(kind, {}).items())
        for column in columns
        for place, confidence, how in [_fit(column, names)]
        if confidence > 0
    ]
    proposals.sort(key=lambda proposal: (proposal[0], proposal[2], proposal[1]), reverse=True)
    taken_targets: dict[str, Match] = {}
    taken_columns: set[str] = set()
    for confidence, _order, _place, target, column, how in proposals:
        if target not in taken_targets and column not in taken_columns:
            taken_targets[target] = Match(target, column, confidence, how)
            taken_columns.add(column)
    return [taken_targets[target] for target in targets(kind) if target in taken_targets]


def mapping(kind: str, columns: Sequence[str], *, remembered: Mapping[str, str] | None = None) -> dict[str, str]:
    """Target → column: what was remembered for this source where the file still has it, else the proposal."""
    proposed = {found.target: found.column for found in match(kind, columns)}
    kept = {
        target: column
        for target, column in (remembered or {}).items()
        if not column or column in columns or all(part in columns for part in column.split("+"))
    }
    proposed = {target: column for target, column in proposed.items() if column not in kept.values()}
    return {target: column for target, column in {**proposed, **kept}.items() if column and target in targets(kind)}


def without_misfits(chosen: Mapping[str, str], samples: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The mapping without a proposed region code whose sample values are no statistics codes."""
    column = chosen.get("code", "")
    misfit = any(not STATISTICS_CODE.fullmatch(value.strip()) for value in samples.get(column, ()))
    return {target: name for target, name in chosen.items() if not (target == "code" and misfit)}


def plain(name: str) -> str:
    """A name without case, width, spaces and punctuation, for comparing."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name)).lower()


@cache
def _known_names() -> frozenset[str]:
    """Names that mean one certain field of some kind, so that they are no half match for another."""
    known = (name for table in SYNONYMS.values() for names in table.values() for name in names)
    return frozenset(plain(name) for name in (*known, *OTHER_HEADINGS))


def _fit(column: str, names: tuple[str, ...]) -> tuple[int, float, str]:
    """Place of the name that fits best (0 is the best name), confidence, how; confidence 0 where none fits."""
    if column in names:
        return names.index(column), EXACT, "exact"
    wanted = plain(UNITS.sub("", column))
    short = [plain(name) for name in names]
    if wanted in short:
        return short.index(wanted), CLOSE, "close"
    if wanted in _known_names():
        return 0, 0.0, ""
    for place, name in enumerate(short):
        long_enough = len(name) >= (MIN_PARTIAL_CHARACTERS if not name.isascii() else 5)
        if long_enough and name in wanted:
            return place, PARTIAL, "partial"
    return 0, 0.0, ""
