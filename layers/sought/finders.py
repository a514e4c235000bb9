"""The finders, in the order in which kinds stand in a list of equals."""

from collections.abc import Callable, Iterator

from gridmap.finding.understanding import Meaning
from layers.sought.areas import find_compounds, find_grids, find_regions
from layers.sought.buildings import find_buildings
from layers.sought.found import Found, Question
from layers.sought.kinds import find_kinds
from layers.sought.things import find_cameras, find_facilities, find_lamps, find_roads
from layers.sought.work import find_cases, find_components

#: Rows that a person may see and that a meaning of the question fits.
Finder = Callable[[Question, Meaning], Iterator[Found]]
FINDERS: dict[str, Finder] = {
    "layer": find_kinds,
    "region": find_regions,
    "grid": find_grids,
    "compound": find_compounds,
    "building": find_buildings,
    "facility": find_facilities,
    "camera": find_cameras,
    "lamp": find_lamps,
    "road": find_roads,
    "component": find_components,
    "case": find_cases,
}
