"""The chessboard everybody draws on and the cast of people that the stories are about.

County 990101 with two streets of two communities each; every community is a square of 0.01° (about 960 m × 1110 m):

    street 001: 一社区 990101001001 | 二社区 990101001002      ← north
    street 002: 三社区 990101002001 | 四社区 990101002002      ← south
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from django.contrib.auth.hashers import make_password
from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from gridmap.accounts.models import Organisation, Post, User
from gridmap.accounts.roles import Role
from gridmap.territory.models import Building, Grid, GridEdition, Region, RegionEdition
from gridmap.territory.services import recount_grids

SOURCE = "chessboard"
WEST, SOUTH, SIDE = 119.90, 30.10, 0.01
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
COUNTY = "990101000000"
COMMUNITIES = ("990101001001", "990101001002", "990101002001", "990101002002")
PASSWORD = "the lamps are lit tonight"

#: Resident households of the four grids that `draw_grids` makes in a community, in the order of their numbers.
LOADS = (300, 120, 480, 0)


def square(west: float, south: float, width: float, height: float | None = None) -> Polygon:
    """A box in lon/lat degrees, SRID 4326."""
    box = Polygon.from_bbox((west, south, west + width, south + (height or width)))
    box.srid = 4326
    return box


def corner_of(code: str) -> tuple[float, float]:
    """The south-western corner of one of the four communities."""
    index = COMMUNITIES.index(code)
    return WEST + SIDE * (index % 2), SOUTH + SIDE * (1 - index // 2)


def centre_of(code: str) -> Point:
    """A point in the middle of one of the four communities."""
    west, south = corner_of(code)
    return Point(west + SIDE / 2, south + SIDE / 2, srid=4326)


@dataclass(frozen=True)
class Board:
    """The regions of the chessboard: province, city, county, two streets, four communities."""

    county: Region
    streets: tuple[Region, Region]
    communities: tuple[Region, Region, Region, Region]


@dataclass(frozen=True)
class Cast:
    """Who acts in the stories; all have the password `PASSWORD`."""

    planner: User  # draws grids and imports in the whole county
    approver: User  # adopts plans in the whole county
    officer: User  # looks at community 990101001001
    worker: User  # looks at grid 990101001001001
    administrator: User  # everything everywhere
    stranger: User  # signed in, no post
    former: User  # a planner of the county until last year

    def everyone(self) -> dict[str, User]:
        """All of them by part."""
        return dict(self.__dict__)


def set_up_board() -> Board:
    """Regions with boundaries in force since 2026."""
    province = _region("990000000000", 1, "样例省", None, square(WEST, SOUTH, 2 * SIDE))
    city = _region("990100000000", 2, "样例市", province, square(WEST, SOUTH, 2 * SIDE))
    county = _region(COUNTY, 3, "样例县", city, square(WEST, SOUTH, 2 * SIDE))
    streets = (
        _region("990101001000", 4, "北街道", county, square(WEST, SOUTH + SIDE, 2 * SIDE, SIDE)),
        _region("990101002000", 4, "南街道", county, square(WEST, SOUTH, 2 * SIDE, SIDE)),
    )
    one, two, three, four = (
        _region(code, 5, name, streets[index // 2], square(*corner_of(code), SIDE))
        for index, (code, name) in enumerate(zip(COMMUNITIES, ("一社区", "二社区", "三社区", "四社区"), strict=True))
    )
    return Board(county, streets, (one, two, three, four))


def _region(code: str, level: int, name: str, parent: Region | None, shape: Polygon) -> Region:
    region = Region.objects.create(code=code, level=level, name=name, parent=parent, source=SOURCE, source_ref=code)
    RegionEdition.objects.create(
        region=region, geom=MultiPolygon(shape, srid=4326), valid=DateTimeTZRange(BEGAN, None), source=SOURCE
    )
    return region


def draw_grids(community: Region, loads: Sequence[int] = LOADS) -> list[Grid]:
    """Four quarter grids, numbered west→east, north→south, each with two buildings that share its households."""
    west, south = corner_of(community.code)
    half = SIDE / 2
    grids = []
    for index, households in enumerate(loads):
        corner = (west + half * (index % 2), south + half * (1 - index // 2))
        kind = Grid.Kind.GENERAL if households else Grid.Kind.DEDICATED
        grid = Grid.objects.create(code=f"{community.code}{index + 1:03d}", kind=kind, community=community)
        GridEdition.objects.create(
            grid=grid, geom=square(*corner, half), valid=DateTimeTZRange(BEGAN, None), source=SOURCE
        )
        for which, share in enumerate((households // 3, households - households // 3)):
            put_building(grid, corner[0] + half * (0.2 + 0.4 * which), corner[1] + half * 0.4, households=share)
        grids.append(grid)
    recount_grids()
    return grids


def put_building(grid: Grid, west: float, south: float, *, households: int) -> Building:
    """One slab of about 50 m × 15 m, numbered by how many the community has."""
    number = Building.objects.filter(community=grid.community).count() + 1
    return Building.objects.create(
        source=SOURCE,
        source_ref=f"{grid.community.code}-{number}",
        number=f"{number}号楼",
        address=f"{grid.community.name}长宁路{number}号",
        kind=Building.Kind.SLAB if households else Building.Kind.PUBLIC,
        community=grid.community,
        grid=grid,
        households=households,
        dwellings=households + 10,
        residents=households * 3,
        elders=households // 2,
        floors=6,
        entrances=3,
        geom=square(west, south, 0.0005, 0.00014),
    )


@cache
def _password() -> str:
    return make_password(PASSWORD)


def person(username: str, name: str) -> User:
    """Someone who can sign in and holds no post."""
    return User.objects.create(username=username, name=name, password=_password())


def give_post(who: User, role: Role, area: str, *, ends_on: date | None = None) -> Post:
    """A post since 2020; an empty area is everywhere."""
    return Post.objects.create(person=who, role=role, area=area, starts_on=date(2020, 1, 1), ends_on=ends_on)


def set_up_cast() -> Cast:
    """The people of the stories, with their posts."""
    Organisation.objects.create(name="样例县规划局", kind=Organisation.Kind.PLANNING, area="990101")
    parts = {
        "planner": (person("planner", "谢规划"), Role.PLANNER, "990101", None),
        "approver": (person("approver", "钱审批"), Role.APPROVER, "990101", None),
        "officer": (person("officer", "孙社工"), Role.COMMUNITY_OFFICER, "990101001001", None),
        "worker": (person("worker", "李网格"), Role.GRID_WORKER, "990101001001001", None),
        "administrator": (person("administrator", "周管理"), Role.ADMINISTRATOR, "", None),
        "former": (person("former", "吴前任"), Role.PLANNER, "990101", date(2025, 12, 31)),
    }
    for who, role, area, ends_on in parts.values():
        give_post(who, role, area, ends_on=ends_on)
    return Cast(stranger=person("stranger", "郑路人"), **{part: who for part, (who, *_rest) in parts.items()})
