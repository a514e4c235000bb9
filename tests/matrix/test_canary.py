"""The detector proves itself on planted leaks before anybody trusts its silence."""

import gzip
import io
import json
import zipfile

import pytest

from tests.matrix.canary import Canaries, personal_columns


def marked() -> tuple[Canaries, str]:
    canaries = Canaries()
    return canaries, canaries.text_for("name", 7, "990101001001")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16-le"])
def test_a_planted_leak_is_found_in_every_encoding(encoding: str) -> None:
    canaries, text = marked()
    assert canaries.found_in(f"<td>{text}</td>".encode(encoding)) == {text}


def test_a_planted_leak_is_found_in_escapes_and_archives() -> None:
    canaries, text = marked()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{text}</t>")
    for body in (json.dumps({"name": text}).encode(), gzip.compress(text.encode()), packed.getvalue()):
        assert canaries.found_in(body) == {text}


def test_masks_and_strangers_are_no_leak() -> None:
    canaries, text = marked()
    assert not canaries.found_in(f"{text[0]}** 张三 199****1234".encode())


def test_personal_fields_are_found_by_themselves() -> None:
    names = {
        f"{model._meta.db_table}.{field.column}" for model, fields in personal_columns().items() for field in fields
    }
    assert {"population_resident.name", "population_resident.id_number", "population_resident.phone"} <= names
