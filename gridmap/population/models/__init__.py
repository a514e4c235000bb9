"""WHO LIVES: dwellings, households, residents, why they are cared for, and which source is believed."""

from gridmap.population.models.care import CareTag
from gridmap.population.models.counts import BuildingCount, CountAuthority, RevealUse
from gridmap.population.models.dwellings import Dwelling
from gridmap.population.models.exports import ExportRequest
from gridmap.population.models.households import Household
from gridmap.population.models.residents import Resident, Risk
from gridmap.population.models.sources import Conflict, FieldAuthority

__all__ = [
    "BuildingCount",
    "CareTag",
    "Conflict",
    "CountAuthority",
    "Dwelling",
    "ExportRequest",
    "FieldAuthority",
    "Household",
    "Resident",
    "RevealUse",
    "Risk",
]
