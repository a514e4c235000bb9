"""A community with something to draw: forty buildings in rows, a road and a river."""

import pytest
from django.contrib.gis.geos import LineString

from gridmap.territory.models import Building, Compound, GroundFeature, Region
from tests.cast import SIDE, SOURCE, Board, corner_of, square

CODE = "990101001001"


def populate(community: Region, *, rows: int = 5, columns: int = 8, households: int = 30) -> list[Building]:
    """Buildings of `households` each in a raster over the community; the first two share a compound."""
    west, south = corner_of(community.code)
    compound = Compound.objects.create(source=SOURCE, source_ref=f"c{community.code}", name="和园", community=community)
    made: list[Building] = []
    for row in range(rows):
        for column in range(columns):
            number = len(made) + 1
            corner = (west + SIDE * (column + 0.3) / columns, south + SIDE * (rows - row - 0.6) / rows)
            made.append(
                Building.objects.create(
                    source=SOURCE,
                    source_ref=f"{community.code}/{number}",
                    number=f"{number}栋",
                    community=community,
                    compound=compound if number <= 2 else None,
                    households=households,
                    dwellings=households + 3,
                    residents=households * 3,
                    elders=households // 2,
                    geom=square(*corner, SIDE / columns / 3, SIDE / rows / 6),
                )
            )
    return made


@pytest.fixture
def town(board: Board) -> Region:
    """990101001001 with 1200 households in 40 buildings, a lane from north to south and a river across."""
    community = board.communities[0]
    populate(community)
    west, south = corner_of(CODE)
    lane = LineString((west + SIDE / 2, south), (west + SIDE / 2, south + SIDE), srid=4326)
    river = LineString((west, south + SIDE / 2), (west + SIDE, south + SIDE / 2), srid=4326)
    GroundFeature.objects.create(source=SOURCE, source_ref="lane", kind="road_lane", geom=lane)
    GroundFeature.objects.create(source=SOURCE, source_ref="river", kind="river", geom=river, weight=1)
    return community
