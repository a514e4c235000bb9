"""How fast personal values are sealed and opened, beside Fernet; and one ID number found among a million by its mark.

    bench/sealed.py [--rows N] [--values N] [--rounds N] [--searches N] [--json]

Values: ID numbers of 18 digits, each bound to a row of its own, sealed and opened one by one; the peers take turns in
every round and the median counts. Search: N rows sealed and marked as the platform does, loaded by COPY into a table of
their own in the database that DATABASE_URL names, which is dropped afterwards. The peer of the search opens the values
one after the other until it has found the number: measured on a sample, scaled to half of the rows.
"""
# ruff: noqa: E402  (settings come before what reads them)

import argparse
import base64
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridmap.settings")
KEYS = [base64.b64encode(bytes(range(first, first + 32))).decode() for first in (1, 2)]
os.environ.setdefault("FIELD_KEYS", f"1:{KEYS[0]}")
os.environ.setdefault("BLIND_KEYS", f"1:{KEYS[1]}")

import django

django.setup()

from cryptography.fernet import Fernet
from django.db import connection

from gridmap.vault.blind import KINDS, BlindKind, blind_of, mark_of
from gridmap.vault.ciphers import Cipher, Place
from gridmap.vault.keyring import Keyring
from gridmap.vault.ledger import Ledger, activate
from gridmap.vault.sealing import open_text, seal_text

TABLE, COLUMN = "bench_sealed", "id_number"
FIELD = f"{TABLE}.{COLUMN}"
SAMPLE_ROWS = 50_000


def id_numbers(count: int) -> list[str]:
    """`count` different ID numbers in no order."""
    chance = random.Random(7)
    return [f"990101{body:012d}" for body in chance.sample(range(10**12), count)]


def rate(work: Callable[[], object], count: int) -> float:
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


class Sealing:
    """Values of one cipher of ours: sealed and opened as the field does, place and all."""

    def __init__(self, cipher: Cipher, texts: list[str]) -> None:
        self.ring = Keyring(field_keys=f"1:{KEYS[0]}", field_cipher=cipher, blind_keys="")
        self.texts = [(str(UUID(int=at)), text) for at, text in enumerate(texts)]
        self.blobs: list[bytes] = []

    def seal(self) -> None:
        self.blobs = [self.ring.seal(text, Place(TABLE, COLUMN, pk)) for pk, text in self.texts]

    def open(self) -> None:
        opened = [
            self.ring.open(blob, Place(TABLE, COLUMN, pk))
            for blob, (pk, _text) in zip(self.blobs, self.texts, strict=True)
        ]
        assert opened == [text for _pk, text in self.texts]  # noqa: S101


class Peer:
    """The same with Fernet, which binds a value to nothing."""

    def __init__(self, texts: list[str]) -> None:
        self.fernet = Fernet(base64.urlsafe_b64encode(bytes(range(32))))
        self.texts = texts
        self.blobs: list[bytes] = []

    def seal(self) -> None:
        self.blobs = [self.fernet.encrypt(text.encode()) for text in self.texts]

    def open(self) -> None:
        opened = [self.fernet.decrypt(blob).decode() for blob in self.blobs]
        assert opened == self.texts  # noqa: S101


def values_per_second(values: int, rounds: int) -> dict[str, Any]:
    """Medians over rounds in which all take their turn."""
    texts = id_numbers(values)
    ways: dict[str, Sealing | Peer] = {
        "aes_256_gcm": Sealing(Cipher.AES, texts),
        "sm4_gcm": Sealing(Cipher.SM4, texts),
        "fernet": Peer(texts),
    }
    rates: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, way in ways.items():
            rates.setdefault(f"{name}_seal", []).append(rate(way.seal, values))
            rates.setdefault(f"{name}_open", []).append(rate(way.open, values))
        rates.setdefault("mark", []).append(rate(lambda: [mark_of(FIELD, text) for text in texts], values))
    found: dict[str, Any] = {f"{name}_per_s": round(statistics.median(several)) for name, several in rates.items()}
    return found | {f"{name}_bytes": len(way.blobs[0]) for name, way in ways.items()}


def rows_of(texts: list[str]) -> Iterator[tuple[UUID, bytes, str]]:
    for at, text in enumerate(texts):
        key = UUID(int=at)
        yield key, seal_text(TABLE, COLUMN, key, text), mark_of(FIELD, text)


def load(texts: list[str]) -> dict[str, float]:
    """The table, filled and indexed; seconds of each step and sizes in MB."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(f'CREATE TABLE {TABLE} (id uuid, {COLUMN} bytea, mark varchar(32) COLLATE "C")')
        began = time.perf_counter()
        with cursor.copy(f"COPY {TABLE} FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["uuid", "bytea", "varchar"])
            for row in rows_of(texts):
                copy.write_row(row)
        loaded = time.perf_counter()
        cursor.execute(f"CREATE INDEX bench_sealed_mark ON {TABLE} (mark)")
        indexed = time.perf_counter()
        cursor.execute(f"ALTER TABLE {TABLE} ADD PRIMARY KEY (id)")
        cursor.execute(f"VACUUM ANALYZE {TABLE}")
        cursor.execute("SELECT pg_relation_size(%s), pg_relation_size('bench_sealed_mark')", [TABLE])
        table_bytes, index_bytes = cursor.fetchone()
    return {
        "seal_mark_and_copy_s": round(loaded - began, 1),
        "index_build_s": round(indexed - loaded, 1),
        "table_mb": round(table_bytes / 1e6),
        "index_mb": round(index_bytes / 1e6),
    }


def search(texts: list[str], searches: int) -> dict[str, Any]:
    """One number at a time, from text to row: half of them stored, half not."""
    chance = random.Random(11)
    wanted = [(text, True) for text in chance.sample(texts, searches // 2)]
    wanted += [(f"880101{chance.randrange(10**12):012d}", False) for _ in range(searches // 2)]
    chance.shuffle(wanted)
    took, misses, strangers = [], 0, 0
    with connection.cursor() as cursor, activate(Ledger()):
        for text, stored in wanted:
            began = time.perf_counter()
            cursor.execute(f"SELECT id, {COLUMN} FROM {TABLE} WHERE mark = ANY(%s)", [blind_of(FIELD, text)])  # noqa: S608
            rows = cursor.fetchall()
            took.append(1000 * (time.perf_counter() - began))
            opened = [open_text(TABLE, COLUMN, key, bytes(blob)) for key, blob in rows]
            misses += stored and opened != [text]
            strangers += not stored and bool(opened)
    cuts = statistics.quantiles(took, n=20)
    return {
        "searches": len(wanted),
        "p50_ms": round(statistics.median(took), 3),
        "p95_ms": round(cuts[18], 3),
        "misses": misses,
        "found_though_not_stored": strangers,
    }


def search_by_opening(rows: int) -> dict[str, Any]:
    """Rows per second of fetching and opening one after the other, and what half of all rows would take."""
    sample = min(rows, SAMPLE_ROWS)
    began = time.perf_counter()
    with connection.cursor() as cursor, activate(Ledger()):
        cursor.execute(f"SELECT id, {COLUMN} FROM {TABLE} LIMIT %s", [sample])  # noqa: S608
        for key, blob in cursor.fetchall():
            open_text(TABLE, COLUMN, key, bytes(blob))
    per_s = sample / (time.perf_counter() - began)
    return {"opened_per_s": round(per_s), "p50_s_scaled": round(rows / 2 / per_s, 1)}


def main() -> None:
    """Run the benchmark; the last line is JSON with `--json`."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--values", type=int, default=50_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--searches", type=int, default=2000)
    parser.add_argument("--json", action="store_true", help="one JSON line at the end")
    options = parser.parse_args()
    KINDS[FIELD] = BlindKind.ID_NUMBER
    found: dict[str, Any] = {"values": values_per_second(options.values, options.rounds), "rows": options.rows}
    for name, figure in found["values"].items():
        print(f"{name}: {figure}")
    texts = id_numbers(options.rows)
    try:
        found["load"] = load(texts)
        found["search"] = search(texts, options.searches)
        found["search_by_opening"] = search_by_opening(options.rows)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
    for part in ("load", "search", "search_by_opening"):
        print(part, found[part])
    if options.json:
        print(json.dumps(found))


if __name__ == "__main__":
    main()
