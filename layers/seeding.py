"""The whole pyramid of a tile set on disk before anybody asks: after a change of much ground, or by command.

Sets that are the same for everyone are drawn for everyone, others for one set of areas. Only what is not on disk is
drawn, so a seeding that was stopped goes on where it was. When the revision moves meanwhile the seeding ends: what is
left would be drawn for nobody.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from django.db import connection, connections
from psycopg import ClientCursor

from gridmap.accounts.permissions import onlooker
from layers import lines, tilecache, tiles
from layers.cuts.cut import WORLD_M, Address
from layers.cuts.rows import source_of
from layers.revisions import revisions

#: Work is handed out in tiles of this zoom with all below them; the deepest that is usual is shown at screen zoom 17.
ROOT, DEEPEST = 12, 16
FIRST = 6
#: From this zoom on nothing is too small for a tile of the layers that it has.
ALL_IS_SHOWN = 14
#: The database works on so many tiles at a time; what Python does meanwhile (compressing, writing) needs no lock.
SIDE_BY_SIDE = 2

Report = Callable[[float, int], None]


@dataclass(frozen=True)
class Seeded:
    """How many tiles were drawn, how many were there already, and whether the revision has moved since."""

    drawn: int = 0
    present: int = 0
    bytes: int = 0
    stale: bool = False

    def __add__(self, other: "Seeded") -> "Seeded":
        return Seeded(
            self.drawn + other.drawn,
            self.present + other.present,
            self.bytes + other.bytes,
            self.stale or other.stale,
        )


def seed(name: str, areas: Sequence[str], report: Report, *, deepest: int = DEEPEST) -> Seeded:
    """Draw the pyramid of a set for a viewer of `areas`; `report` gets the share done and the tiles drawn, and may end
    it by raising."""
    return _each_root(name, areas, _Keeping(name, tuple(areas), deepest), report)


def _each_root(name: str, areas: Sequence[str], keeping: "_Keeping", report: Report) -> Seeded:
    found = roots(name, areas)
    above = sorted({Address(z, x >> ROOT - z, y >> ROOT - z) for z in range(FIRST, ROOT) for x, y in found}, key=str)
    done = Seeded()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as threads:
        try:
            work = [threads.submit(keeping.alone, tile) for tile in above]
            work += [threads.submit(keeping.with_all_below, Address(ROOT, x, y)) for x, y in found]
            for number, future in enumerate(as_completed(work), 1):
                done += future.result()
                report(number / len(work), done.drawn)
        finally:
            keeping.ended = True
            threads.shutdown(cancel_futures=True)
    return done


def roots(name: str, areas: Sequence[str]) -> list[tuple[int, int]]:
    """Column and row of the tiles of zoom `ROOT` in which anything of the set lies."""
    side_m, half = WORLD_M / (1 << ROOT), WORLD_M / 2
    found: set[tuple[int, int]] = set()
    connection.ensure_connection()
    for layer in tiles.layers_of(name):
        with onlooker(areas) as user:
            source, parameters = source_of(layer, layer.rows(user, None))
        sql = f"""SELECT DISTINCT x, y FROM ({source}) s,
            generate_series(floor((ST_XMin(s.geom_3857) + {half!r}) / {side_m!r})::int,
                            floor((ST_XMax(s.geom_3857) + {half!r}) / {side_m!r})::int) x,
            generate_series(floor(({half!r} - ST_YMax(s.geom_3857)) / {side_m!r})::int,
                            floor(({half!r} - ST_YMin(s.geom_3857)) / {side_m!r})::int) y"""
        with connection.wrap_database_errors, ClientCursor(connection.connection) as cursor:
            found |= {(x, y) for x, y in cursor.execute(sql, parameters)}
    return sorted(found)


def complete_from(name: str, areas: Sequence[str]) -> int:
    """From this zoom on a tile shows all that lies in it, so where it is empty those below are."""
    begin: dict[str, int] = {}
    for z in range(DEEPEST + 1):
        for cut in tiles.cuts_of(name, z, areas):
            begin.setdefault(cut.layer, z)
    return max(ALL_IS_SHOWN, *begin.values())


class _Keeping:
    """Draws tiles of one set onto the disk, in several threads."""

    def __init__(self, name: str, areas: tuple[str, ...], deepest: int) -> None:
        self.name, self.areas, self.deepest = name, areas, deepest
        self.revision = revisions(areas)[name]
        self.complete = complete_from(name, areas)
        self.ended = False

    def alone(self, tile: Address) -> Seeded:
        """One tile."""
        try:
            return Seeded() if self.ended else self._present(tile)[0]
        finally:
            self._leave()

    def with_all_below(self, root: Address) -> Seeded:
        """A tile and those below it, as far down as there is anything."""
        if self.ended or revisions(self.areas)[self.name] != self.revision:
            return Seeded(stale=not self.ended)
        try:
            done = Seeded()
            for tile_done in self._below(root):
                done += tile_done
            return done
        finally:
            self._leave()

    def _below(self, tile: Address) -> Iterator[Seeded]:
        if self.ended:
            return
        done, is_empty = self._present(tile)
        yield done
        if tile.z >= self.deepest or (is_empty and tile.z >= self.complete):
            return
        for x in (2 * tile.x, 2 * tile.x + 1):
            for y in (2 * tile.y, 2 * tile.y + 1):
                yield from self._below(Address(tile.z + 1, x, y))

    def _present(self, tile: Address) -> tuple[Seeded, bool]:
        path = f"{self.name}/{self.revision}/{tile.z}/{tile.x}/{tile.y}"
        data = tilecache.read(path)
        if data is not None:
            return Seeded(present=1), not data
        data = tilecache.compress(tiles.draw(self.name, tile, self.areas, lines.ask))
        tilecache.write(path, data)
        return Seeded(drawn=1, bytes=len(data)), not data

    @staticmethod
    def _leave() -> None:
        """A thread of the pool may end: nothing of it stays connected."""
        if not connection.in_atomic_block:
            lines.close()
            connections.close_all()
