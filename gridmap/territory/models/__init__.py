"""WHERE: regions, compounds, buildings, grids, the ground between them and what stands on it."""

from gridmap.territory.models.buildings import Building, Compound
from gridmap.territory.models.components import Component, ComponentClass
from gridmap.territory.models.equipment import Camera, StreetLamp
from gridmap.territory.models.facilities import Facility
from gridmap.territory.models.grids import Grid, GridEdition
from gridmap.territory.models.ground import GroundFeature
from gridmap.territory.models.regions import Region, RegionEdition
from gridmap.territory.models.revisions import LayerRevision
from gridmap.territory.models.rules import Rule

__all__ = [
    "Building",
    "Camera",
    "Component",
    "ComponentClass",
    "Compound",
    "Facility",
    "Grid",
    "GridEdition",
    "GroundFeature",
    "LayerRevision",
    "Region",
    "RegionEdition",
    "Rule",
    "StreetLamp",
]
