"""How the page draws each layer, by the rules of `docs/map.md`. Colours are names of `static/css/tokens.css`."""

from collections.abc import Mapping
from typing import Any

Look = Mapping[str, Any]

#: Layers with a painter of their own (`static/js/map/paint.js`, `static/js/map/marks.js`).
GROUND: Look = {"painter": "ground", "colour": "road"}
BUILDINGS: Look = {"painter": "buildings", "colour": "building"}
COMPOUNDS: Look = {"painter": "compounds", "colour": "compound-text"}
GRIDS: Look = {"painter": "grids", "colour": "grid"}
REGIONS: Look = {"painter": "regions", "colour": "region"}
CAMERAS: Look = {"painter": "camera", "colour": "camera"}
CARE: Look = {"painter": "care", "colour": "care-key"}
#: `squares` names the attributes of squares that count many cases: open and closed ones by network. Of the network
#: without its own, and of those that are not open, there are as many as are left of `o` and `n`.
CASES: Look = {
    "painter": "case",
    "colour": "social-work",
    "squares": {
        "part": "case_square",
        "open": {"social_work": "so", "city_management": "co"},
        "closed": {"social_work": "sc", "city_management": "cc"},
        "rest": "governance",
    },
}

#: Dots: hollow where it is known that the lamp stays dark.
LAMPS: Look = {
    "painter": "symbols",
    "shape": "circle",
    "colour": "lamp",
    "size": 4,
    "by": {"attribute": "lit", "values": {"false": {"colour": "muted", "hollow": True}}},
}
#: White glyphs on rounded squares; the order is the rank when two want the same place.
FACILITIES: Look = {
    "painter": "symbols",
    "shape": "square",
    "colour": "facility-other",
    "glyph": "other",
    "size": 18,
    "by": {
        "attribute": "k",
        "values": {
            "hospital": {"colour": "facility-health", "glyph": "hospital"},
            "police": {"colour": "facility-police", "glyph": "police"},
            "committee": {"colour": "facility-office", "glyph": "committee"},
            "health_station": {"colour": "facility-health", "glyph": "health_station"},
            "eldercare": {"colour": "facility-care", "glyph": "eldercare"},
            "school": {"colour": "facility-school", "glyph": "school"},
            "kindergarten": {"colour": "facility-school", "glyph": "kindergarten"},
            "market": {"colour": "facility-market", "glyph": "market"},
            "pharmacy": {"colour": "facility-health", "glyph": "pharmacy"},
            "park": {"colour": "facility-park", "glyph": "park"},
        },
    },
    "label": {"attribute": "n", "from": 17},
}
#: Small squares by state: what needs somebody is loud, what is well is quiet.
COMPONENTS: Look = {
    "painter": "symbols",
    "shape": "diamond",
    "colour": "muted",
    "size": 8,
    "by": {
        "attribute": "s",
        "values": {
            "lost": {"colour": "act"},
            "damaged": {"colour": "near"},
            "occupied": {"colour": "info", "hollow": True},
            "intact": {"colour": "muted", "size": 6},
        },
    },
}
DUTY: Look = {
    "painter": "symbols",
    "shape": "pin",
    "colour": "info",
    "size": 18,
    "label": {"attribute": "n", "from": 13},
}
#: A dot, so that the counts have something to stand beside.
HOMES: Look = {
    "painter": "symbols",
    "shape": "circle",
    "colour": "muted",
    "size": 8,
    "label": {"attribute": "l", "from": 17},
}
