"""Which layer of a file its kind most likely means: by its name, its shapes and its columns."""

from __future__ import annotations

from importers.columns import match
from importers.kinds import KINDS
from importers.records import Description, Layer, Reason, Weight

WORDS: dict[str, tuple[str, ...]] = {
    "regions": (
        "region",
        "communit",
        "boundar",
        "subzone",
        "district",
        "admin",
        "社区",
        "区划",
        "边界",
        "居委",
        "街道",
    ),
    "compounds": ("compound", "estate", "小区", "院落"),
    "buildings": ("building", "bldg", "house", "block", "楼", "建筑", "房屋"),
    "ground": ("ground", "road", "street", "highway", "water", "river", "landuse", "green", "道路", "水系", "绿地"),
    "barriers": ("barrier", "wall", "fence", "rail", "road", "river", "围墙", "铁路", "道路"),
    "cameras": ("camera", "cctv", "surveillance", "摄像", "监控"),
    "lamps": ("lamp", "light", "路灯", "灯杆"),
    "components": ("component", "部件", "manhole", "井盖", "bujian"),
    "residents": ("resident", "people", "人口", "居民", "花名册", "户籍"),
    "floating": ("tenant", "floating", "流动", "租", "暂住"),
    "dwellings": ("dwelling", "room", "房屋", "户室", "业主"),
    "care": ("care", "elder", "disab", "老人", "老年", "残疾", "低保", "特困", "关爱"),
    "facilities": ("facilit", "poi", "amenit", "设施", "机构"),
}
#: Families of shapes that a kind takes, the best ones first.
SHAPES: dict[str, tuple[str, ...]] = {
    "area": ("polygon",),
    "any": ("polygon", "point"),
    "thing": ("point", "polygon", "line"),
    "line_or_area": ("line", "polygon"),
    "point": ("point", "polygon"),
    "none": (),
}
WORD_SCORE, SHAPE_SCORE, WRONG_SHAPE_SCORE, COLUMN_SCORE = 3.0, 2.0, -6.0, 0.25


def best_layer(kind: str, layers: tuple[Layer, ...]) -> Layer:
    """The layer that fits rows of `kind` best; of equal ones the first in the file."""
    return max(layers, key=lambda layer: _score(kind, layer))


def other_layers(description: Description, chosen: str) -> Reason | None:
    """What to say where a file holds more layers than the one that is read."""
    others = [layer.name for layer in description.layers if layer.name != chosen]
    if not chosen or not others or description.reader == "osm":
        return None
    return Reason("other_layers", Weight.NOTED, "", {"layer": chosen, "others": ", ".join(others)[:400]})


def _score(kind: str, layer: Layer) -> float:
    name = layer.name.lower()
    words = WORD_SCORE * any(word in name for word in WORDS.get(kind, ()))
    return words + _shape_score(kind, layer.geometry.lower()) + COLUMN_SCORE * len(match(kind, layer.columns))


def _shape_score(kind: str, geometry: str) -> float:
    wanted = SHAPES[KINDS["ground" if kind == "barriers" else kind].shape] if kind in {*KINDS, "barriers"} else ()
    families = [family for family in ("polygon", "line", "point") if family in geometry]
    if not families:
        return 0.0
    fitting = [wanted.index(family) for family in families if family in wanted]
    return SHAPE_SCORE - 0.5 * min(fitting) if fitting else WRONG_SHAPE_SCORE
