"""What the trail costs: bulk writes with and without its triggers, single writes, sealing, checking.

    bench/traces.py [--rows N] [--json]

Buildings (18 logged columns, eleven indexes of their own) are inserted and changed by one statement each, once without
triggers and once with them; then one row at a time. Needs DATABASE_URL to name a server where databases can be made;
its own is dropped afterwards.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")
os.environ["TEST_DATABASE_NAME"] = "bench_traces"

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from gridmap.traces import chain  # noqa: E402

SINGLES = 500
INSERT = """
INSERT INTO territory_building (source, source_ref, active, number, name, kind, address, households, geom)
SELECT 'bench', 'b' || i, true, i || '号楼', '', 'slab', '长宁路' || i || '号', 10,
       ST_MakeEnvelope(113 + (i %% 400) * 0.0006, 23 + (i / 400) * 0.0003,
                       113.0004 + (i %% 400) * 0.0006, 23.00014 + (i / 400) * 0.0003, 4326)
FROM generate_series(1, %s) i
"""
UPDATE = "UPDATE territory_building SET households = households + 1"
ONE = "UPDATE territory_building SET residents = %s WHERE source = 'bench' AND source_ref = 'b1'"


@contextmanager
def own_database() -> Iterator[None]:
    """A fresh database on the server of DATABASE_URL, dropped at the end."""
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(os.environ["TEST_DATABASE_NAME"], verbosity=0)


def execute(statement: str, *values: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def singles() -> None:
    for number in range(SINGLES):
        execute(ONE, number)


def writes(rows: int) -> dict[str, float]:
    """Seconds of each kind of write; what was inserted is gone afterwards."""
    found = {}
    with transaction.atomic():
        found["insert_s"] = timed(lambda: execute(INSERT, rows))
        found["update_s"] = timed(lambda: execute(UPDATE))
        found["single_ms"] = timed(singles) / SINGLES * 1000
        transaction.set_rollback(True)
    return found


def measure(rows: int) -> dict[str, Any]:
    """A chain over the entries of one bulk insert, then both ways of writing."""
    sealed = sealing(rows)
    execute("TRUNCATE territory_building CASCADE")
    execute("ALTER TABLE territory_building DISABLE TRIGGER USER")
    without = writes(rows)
    execute("ALTER TABLE territory_building ENABLE TRIGGER USER")
    watched = writes(rows)
    return {
        "rows": rows,
        **{f"{name}_without": round(value, 3) for name, value in without.items()},
        **{name: round(value, 3) for name, value in watched.items()},
        "insert_ratio": round(watched["insert_s"] / without["insert_s"], 2),
        "update_ratio": round(watched["update_s"] / without["update_s"], 2),
        **sealed,
    }


def sealing(rows: int) -> dict[str, int]:
    """Entries a second, and what one of them takes on disk."""
    execute(INSERT, rows)
    seal_s = timed(chain.seal_new)
    check_s = timed(chain.faults)
    end = chain.head()
    entries = end.position if end else 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('traces_entry'), pg_total_relation_size('traces_seal')")
        entry_bytes, seal_bytes = cursor.fetchone()
    return {
        "sealed_per_s": round(entries / seal_s),
        "checked_per_s": round(entries / check_s),
        "bytes_per_entry": round(entry_bytes / entries),
        "bytes_per_seal": round(seal_bytes / entries),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with own_database():
        found = {"bench": "traces", **measure(options.rows)}
    print(json.dumps(found) if options.json else "\n".join(f"{name}={value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
