"""Reading Chinese addresses and finding the buildings they mean. Pure: no database, no clock.

gazetteer = Gazetteer(entries, regions)
found = match(parse("锦绣花园3#2-501"), gazetteer, within="990101001")
"""

from gridmap.address.evidence import Reason
from gridmap.address.gazetteer import Entry, Gazetteer
from gridmap.address.match import Candidate, Kind, Match, match
from gridmap.address.normal import normalise
from gridmap.address.parse import parse
from gridmap.address.parts import Address, Dwelling

__all__ = [
    "Address", "Candidate", "Dwelling", "Entry", "Gazetteer", "Kind", "Match", "Reason", "match", "normalise", "parse",
]  # fmt: skip
