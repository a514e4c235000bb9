"""What rows can become: the table, its fields with their casts, and the shapes it takes."""

from __future__ import annotations

from importers import values
from importers.kind import Field, Kind
from importers.lists.cells import day
from importers.lists.fields import LIST_KINDS

BUILDING_KINDS = {
    "板楼": "slab", "apartments": "slab", "residential": "slab", "住宅": "slab", "多层": "slab", "居民楼": "slab",
    "dormitory": "slab",
    "塔楼": "tower", "高层": "tower", "villa": "villa", "别墅": "villa", "house": "house", "detached": "house",
    "平房": "house",
    "民房": "house", "terrace": "house", "semidetached_house": "house", "school": "school", "学校": "school",
    "kindergarten": "school",
    "university": "school", "college": "school", "教学楼": "school", "market": "market", "retail": "market",
    "supermarket": "market",
    "mall": "market", "商场": "market", "商业": "market", "commercial": "office", "office": "office",
    "写字楼": "office", "办公": "office",
    "办公楼": "office", "hospital": "hospital", "医院": "hospital", "clinic": "hospital", "factory": "factory",
    "industrial": "factory",
    "厂房": "factory", "warehouse": "factory", "工业": "factory", "public": "public", "civic": "public",
    "government": "public",
    "公共": "public", "church": "public", "temple": "public", "train_station": "public", "stadium": "public",
    "other": "other",
}  # fmt: skip
COMPOUND_KINDS = {
    "商品房": "commercial", "住宅小区": "commercial", "单位房": "work_unit", "单位大院": "work_unit",
    "家属院": "work_unit",
    "安置房": "resettlement", "安置小区": "resettlement", "回迁房": "resettlement", "别墅": "villa",
    "老旧小区": "old_town",
    "城中村": "village", "村": "village", "other": "other",
}  # fmt: skip
GROUND_KINDS = {
    "motorway": "road_arterial", "trunk": "road_arterial", "primary": "road_arterial", "secondary": "road_arterial",
    "motorway_link": "road_arterial", "trunk_link": "road_arterial", "primary_link": "road_arterial",
    "secondary_link": "road_arterial", "major_road": "road_arterial", "主干路": "road_arterial",
    "主干道": "road_arterial",
    "快速路": "road_arterial", "次干路": "road_arterial", "次干道": "road_arterial", "高速": "road_arterial",
    "tertiary": "road_local", "tertiary_link": "road_local", "residential": "road_local",
    "unclassified": "road_local",
    "minor_road": "road_local", "支路": "road_local", "living_street": "road_lane", "service": "road_lane",
    "pedestrian": "road_lane", "path": "road_lane", "footway": "road_lane", "cycleway": "road_lane",
    "steps": "road_lane",
    "巷": "road_lane", "胡同": "road_lane", "track": "road_lane", "river": "river", "canal": "river",
    "stream": "river",
    "riverbank": "river", "河流": "river", "河道": "river", "water": "water", "湖泊": "water", "水域": "water",
    "reservoir": "water",
    "lake": "water", "rail": "rail", "railway": "rail", "铁路": "rail", "light_rail": "rail", "wall": "wall",
    "fence": "wall",
    "city_wall": "wall", "retaining_wall": "wall", "围墙": "wall", "墙": "wall", "green": "green", "park": "green",
    "garden": "green",
    "grass": "green", "forest": "green", "绿地": "green", "公园": "green", "recreation": "green", "square": "square",
    "广场": "square", "block": "block", "街区": "block", "commercial": "block", "industrial": "block",
}  # fmt: skip
CAMERA_STATES = {
    "正常": "working", "在线": "working", "完好": "working", "online": "working", "ok": "working",
    "working": "working",
    "故障": "broken", "离线": "broken", "损坏": "broken", "offline": "broken", "broken": "broken",
    "unknown": "unknown",
}  # fmt: skip
COVERAGE = {
    "一类": "1", "一类点": "1", "一类视频监控点": "1", "第一类": "1", "二类": "2", "二类点": "2", "二类视频监控点": "2",
    "第二类": "2",
    "三类": "3", "三类点": "3", "三类视频监控点": "3", "第三类": "3", "1": "1", "2": "2", "3": "3",
}  # fmt: skip
COMPONENT_STATES = {
    "完好": "intact", "正常": "intact", "良好": "intact", "intact": "intact", "破损": "damaged", "损坏": "damaged",
    "故障": "damaged", "damaged": "damaged", "broken": "damaged", "丢失": "lost", "缺失": "lost", "废弃": "lost",
    "lost": "lost", "missing": "lost", "占用": "occupied", "occupied": "occupied",
}  # fmt: skip
ACCURACIES = {"a": "A", "a类": "A", "A级": "A", "b": "B", "b类": "B", "B级": "B", "c": "C", "c类": "C", "C级": "C"}
FACILITY_KINDS = {
    "社区卫生服务站": "health_station", "卫生站": "health_station", "卫生服务中心": "health_station",
    "clinic": "health_station",
    "polyclinic": "health_station", "doctors": "health_station", "health_station": "health_station",
    "医院": "hospital",
    "hospital": "hospital", "养老院": "eldercare", "养老": "eldercare", "敬老院": "eldercare",
    "日间照料中心": "eldercare",
    "eldercare": "eldercare", "nursing_home": "eldercare", "居委会": "committee", "社区服务中心": "committee",
    "村委会": "committee",
    "committee": "committee", "派出所": "police", "police": "police", "学校": "school", "小学": "school",
    "中学": "school",
    "school": "school", "幼儿园": "kindergarten", "kindergarten": "kindergarten", "菜市场": "market",
    "农贸市场": "market",
    "market": "market", "supermarket": "market", "药店": "pharmacy", "pharmacy": "pharmacy", "公园": "park",
    "park": "park",
    "other": "other",
}  # fmt: skip
LEVELS = {
    "province": "1", "省": "1", "city": "2", "市": "2", "county": "3", "district": "3", "区县": "3", "区": "3",
    "县": "3",
    "street": "4", "town": "4", "街道": "4", "镇": "4", "乡": "4", "乡镇": "4", "community": "5", "社区": "5",
    "居委会": "5",
    "村": "5", "村委会": "5", "1": "1", "2": "2", "3": "3", "4": "4", "5": "5",
}  # fmt: skip


def _text(name: str, limit: int) -> Field:
    return Field(name, values.text(limit), "varchar", "''")


def _count(name: str) -> Field:
    return Field(name, values.count, "integer")


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "regions", "territory_region", "regions", "area",
            (
                Field("code", values.region_code, "varchar"), _text("name", 120), _text("street", 120),
                _text("county", 120),
                Field("level", values.choice(LEVELS, "5"), "integer", "5"),
            ),
            required=("name",),
        ),
        Kind(
            "compounds", "territory_compound", "compounds", "area",
            (
                _text("name", 120), Field("kind", values.choice(COMPOUND_KINDS, "other"), "varchar", "'other'"),
                Field("walled", values.flag, "boolean", "FALSE"),
            ),
            required=("name",),
        ),
        Kind(
            "buildings", "territory_building", "buildings", "any",
            (
                _text("number", 40), _text("name", 120),
                Field("kind", values.choice(BUILDING_KINDS, "other"), "varchar", "'other'"),
                _text("address", 200), _count("households"), _count("dwellings"), _count("residents"), _count("elders"),
                Field("floors", values.small_count, "smallint"), Field("entrances", values.small_count, "smallint"),
            ),
        ),
        Kind(
            "ground", "territory_groundfeature", "ground", "line_or_area",
            (
                _text("name", 120), Field("kind", values.choice(GROUND_KINDS, "block"), "varchar", "'block'"),
                Field("weight", values.measure(0, 1), "double precision", "0"),
            ),
        ),
        Kind(
            "cameras", "territory_camera", "cameras", "point",
            (
                _text("name", 120), _text("place", 120), Field("bearing_deg", values.bearing, "double precision"),
                Field("angle_deg", values.measure(1, 360), "double precision"),
                Field("range_m", values.measure(0, 10_000), "double precision"),
                Field("height_m", values.measure(0, 500), "double precision"),
                Field("tilt_deg", values.measure(-90, 90), "double precision"),
                Field("status", values.choice(CAMERA_STATES, "unknown"), "varchar", "'unknown'"),
                Field("sees_at_night", values.flag, "boolean"), _text("pole", 60),
                Field("code", values.code(20, "device_code_malformed"), "varchar", "''"),
                Field("coverage", values.choice(COVERAGE, ""), "varchar", "''"), _text("owner", 120),
            ),
            tended=True,
        ),
        Kind(
            "lamps", "territory_streetlamp", "lamps", "point",
            (
                Field("lit", values.flag, "boolean"),
                Field("status", values.choice(CAMERA_STATES, "unknown"), "varchar", "'unknown'"), _text("pole", 60),
            ),
            tended=True,
        ),
        Kind(
            "components", "territory_component", "components", "thing",
            (
                Field("code", values.code(16, "component_code_malformed"), "varchar", "''"),
                _text("category_id", 4), _text("name", 120),
                Field("state", values.choice(COMPONENT_STATES, "intact"), "varchar", "'intact'"),
                _text("manager", 120), _text("owner", 120), _text("keeper", 120), _text("keeper_phone", 60),
                Field("accuracy", values.choice(ACCURACIES, ""), "varchar", "''"), Field("surveyed_on", day, "date"),
            ),
            required=("code",),
            tended=True,
        ),
        Kind(
            "facilities", "territory_facility", "facilities", "point",
            (
                _text("name", 120), Field("kind", values.choice(FACILITY_KINDS, "other"), "varchar", "'other'"),
                _text("address", 200), _text("phone", 60), _count("capacity"),
                Field("area_m2", values.measure(0, 10_000_000), "double precision"),
                Field("accessible", values.flag, "boolean"), _text("hours_text", 300),
                Field("hours", values.text(0), "jsonb"),
            ),
            tended=True,
        ),
    )
} | LIST_KINDS  # fmt: skip
#: Layers of an OpenStreetMap extract → kinds.
OSM_LAYERS = {
    "building": "buildings", "road": "ground", "rail": "ground", "water": "ground", "wall": "ground",
    "green": "ground",
    "square": "ground", "camera": "cameras", "lamp": "lamps", "facility": "facilities",
}  # fmt: skip
#: Columns that the OpenStreetMap reader always has, per kind.
OSM_MAPPING = {
    "buildings": {
        "source_ref": "osm_id", "name": "name", "kind": "kind", "number": "addr:housenumber", "address": "address",
        "floors": "building:levels", "dwellings": "building:flats",
    },
    "ground": {"source_ref": "osm_id", "name": "name", "kind": "kind"},
    "cameras": {
        "source_ref": "osm_id", "name": "name", "bearing_deg": "bearing_deg", "angle_deg": "angle_deg",
        "tilt_deg": "tilt_deg", "height_m": "height_m", "owner": "operator",
    },
    "lamps": {"source_ref": "osm_id", "lit": "lit"},
    "facilities": {
        "source_ref": "osm_id", "name": "name", "kind": "kind", "address": "addr:street", "phone": "phone",
        "capacity": "capacity", "accessible": "accessible", "hours_text": "opening_hours",
    },
}  # fmt: skip
