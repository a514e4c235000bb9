"""Marked values in every personal field, and the search for them in whatever comes out."""

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from django.apps import apps
from django.db import connection, models
from django.utils.html import escape

from gridmap.vault.fields import SealedField

#: What a personal field of each mask holds, besides its own number: nothing else in the tests is written like this.
STEMS = {"name": "卯酉", "phone": "1990000", "id_number": "99010119400229", "text": "卯酉戌亥"}


class Canaries:
    """The texts that were put in, by the place (code) of the row they stand in."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def text_for(self, kind: str, number: int, area: str) -> str:
        """A fresh marked value for a field of this kind of mask."""
        stem = STEMS.get(kind, STEMS["text"])
        if stem.isascii():
            text = f"{stem}{number:04d}"
        else:
            text = stem + "".join(chr(0x3400 + int(digit)) for digit in f"{number:03d}")
        self.texts[text] = area
        return text

    def found_in(self, body: bytes) -> set[str]:
        """The marked values that stand in an answer, however it is packed or written."""
        suspicious = [view for view in unpacked(body) if any(form in view for form in STEM_FORMS)]
        return {text for view in suspicious for text in self.texts if any(form in view for form in forms(text))}


def forms(text: str) -> tuple[bytes, ...]:
    """How a text may be written: encodings, escapes of JSON, HTML and addresses."""
    written = {
        text.encode(), text.encode("gb18030"), text.encode("utf-16-le"), json.dumps(text)[1:-1].encode(),
        json.dumps(text)[1:-1].upper().encode(), quote(text).encode(), escape(text).encode(),
        "".join(f"&#x{ord(letter):x};" for letter in text).encode(),
        "".join(f"&#{ord(letter)};" for letter in text).encode(),
    }  # fmt: skip
    return tuple(written)


#: Nearly every answer holds none of these: a look at the stems saves the look at every value.
STEM_FORMS = tuple({form for stem in STEMS.values() for form in forms(stem)})


def unpacked(body: bytes) -> Iterator[bytes]:
    """The bytes themselves and whatever is packed in them."""
    yield body
    if body[:2] == b"\x1f\x8b":
        yield from unpacked(gzip.decompress(body))
    elif body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for name in archive.namelist():
                yield from unpacked(archive.read(name))
    elif body[:1] == b"\x78":
        try:
            yield zlib.decompress(body)
        except zlib.error:
            return


def personal_columns() -> dict[type[models.Model], list[SealedField[Any, Any]]]:
    """Every sealed field of every model: a new one is marked without anybody thinking of it."""
    found = {
        model: [f for f in model._meta.concrete_fields if isinstance(f, SealedField)] for model in apps.get_models()
    }
    return {model: fields for model, fields in found.items() if fields}


def in_the_clear(canaries: Iterable[str]) -> set[str]:
    """Tables and columns that hold a marked value unsealed."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY', 'bytea')"
            " AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" WHERE "{column}"::text LIKE ANY (%s))',
                [[f"%{text}%" for text in canaries] + [f"%{text.encode().hex()}%" for text in canaries]],
            )
            if cursor.fetchone()[0]:
                found.add(f"{table}.{column}")
    return found
