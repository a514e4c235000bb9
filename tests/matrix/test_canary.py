"""The detector proves itself on planted leaks before anybody trusts its silence."""

import gzip
import io
import json
import logging
import zipfile

import pytest

from gridmap.traces.door import door
from tests.matrix.asking import Check, Town, bytes_of
from tests.matrix.canary import Canaries, in_the_clear, personal_columns
from tests.matrix.residents import unmarked
from tests.matrix.table import Persona

OFFICER = Persona("community_officer", "990101001001")
#: Sealed columns that hold secrets of the platform, not of a resident.
NOT_OF_RESIDENTS = {"accounts_secondfactor"}


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


def test_every_table_about_residents_holds_marked_values(db: None) -> None:
    assert unmarked(Town([OFFICER]).things.records) <= NOT_OF_RESIDENTS


def test_what_is_done_to_people_leaves_nothing_in_the_clear(db: None, caplog: pytest.LogCaptureFixture) -> None:
    """Searching, revealing, editing, asking for an export: no table, unless sealed, and no log line holds a value."""
    caplog.set_level(logging.DEBUG)
    town = Town([OFFICER])
    canaries = town.things.records.canaries
    with door(by=None, areas=[""], kind="read", command="test"):
        resident = town.things.records.made["resident"]
        name, phone = resident.name.reveal(), resident.phone.reveal()

    def do(route: str, method: str = "POST", **body: str) -> bytes:
        return bytes_of(town.do(Check(route, method, OFFICER, 0), **body))

    found = do("population:search", text=name)
    assert str(resident.pk).encode() in found and not canaries.found_in(found), "found, and shown masked"
    assert phone in canaries.found_in(do("population:reveal", field="phone"))
    do("population:edit", name="卯酉改名", source="社区", version="1", relation="", kind="registered", gender="female")
    do("population:edit", name=name, source="派出所", version="bad")
    do("population:ask", purpose=name, place="990101001001", columns="name", format="xlsx")
    do("population_lists:pick", building=name)
    do("staff:person", "GET")
    assert in_the_clear(canaries.texts) - {"population_exportrequest.purpose", "traces_entry.after"} == set()
    assert not canaries.found_in(caplog.text.encode())


def test_the_look_into_the_tables_finds_a_planted_value(db: None) -> None:
    town = Town([OFFICER])
    text = next(iter(town.things.records.canaries.texts))
    town.things.building.name = text
    town.things.building.save()
    assert "territory_building.name" in in_the_clear([text])
