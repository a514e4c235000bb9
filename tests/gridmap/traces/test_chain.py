"""The chain: what is sealed when, and that nothing can be altered, taken out or slipped in unseen."""

import os
from collections.abc import Iterator
from io import StringIO
from threading import Event, Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from gridmap.accounts.models import Organisation
from gridmap.traces import chain, tasks
from gridmap.traces.chain import Fault, Head
from gridmap.traces.models import Anchor, Seal
from gridmap.traces.services import note
from tests.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    """The flush between tests is told of, too; here the trail begins anew."""
    owner("TRUNCATE traces_entry, traces_seal, traces_anchor RESTART IDENTITY")
    yield
    owner("TRUNCATE traces_entry, traces_seal, traces_anchor RESTART IDENTITY")


def owner(statement: str, *values: Any) -> None:
    """Something that only who owns the tables can do."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def make(count: int) -> None:
    for number in range(count):
        Organisation.objects.create(name=f"{number}号", kind=Organisation.Kind.OTHER)


def sealed() -> list[int]:
    return list(Seal.objects.order_by("position").values_list("entry_id", flat=True))


def test_what_is_committed_is_sealed_once_and_in_order() -> None:
    make(5)
    assert chain.seal_new() == 5
    assert chain.seal_new() == 0
    make(2)
    assert chain.seal_new() == 2
    assert sealed() == [1, 2, 3, 4, 5, 6, 7]
    assert chain.faults() == []


def test_a_check_of_a_part_looks_for_what_was_slipped_in_there_alone() -> None:
    make(3)
    chain.seal_new()
    owner("DELETE FROM traces_seal WHERE entry_id = 2")
    make(5)
    chain.seal_new()
    owner("UPDATE traces_entry SET xid = (SELECT xid FROM traces_entry WHERE id = 6) WHERE id = 2")
    assert Fault("inserted", None, 2) in chain.faults(first=4)
    owner("UPDATE traces_entry SET xid = (SELECT xid FROM traces_entry WHERE id = 1) WHERE id = 2")
    assert Fault("inserted", None, 2) not in chain.faults(first=4)
    assert Fault("inserted", None, 2) in chain.faults()


def test_batches_do_not_end_the_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "BATCH", 3)
    make(10)
    assert chain.seal_new() == 10
    assert chain.faults() == []


def test_a_write_that_still_runs_holds_up_the_seal_but_no_writer() -> None:
    """Entries are sealed in the order of their transactions, so a late commit never comes before a seal."""
    begun, go_on = Event(), Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                make(1)
                begun.set()
                go_on.wait(20)
        finally:
            connection.close()

    thread = Thread(target=slow)
    thread.start()
    assert begun.wait(20)
    make(3)
    assert chain.seal_new() == 0
    go_on.set()
    thread.join()
    assert chain.seal_new() == 4
    assert chain.faults() == []


def test_writers_at_once_leave_one_sound_chain() -> None:
    def write() -> None:
        try:
            for _ in range(20):
                with transaction.atomic():
                    make(2)
                    note(kind="job", detail={"work": "test"})
        finally:
            connection.close()

    threads = [Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        chain.seal_new()
    chain.seal_new()
    assert len(sealed()) == len(set(sealed())) == 4 * 20 * 3
    assert chain.faults() == []


TAMPERED: dict[str, tuple[str, Fault]] = {
    "actor": ("UPDATE traces_entry SET actor = 'user:9' WHERE id = 4", Fault("altered", 4, 4)),
    "one letter of a name": (
        "UPDATE traces_entry SET after = jsonb_set(after, '{name}', '\"4号\"') WHERE id = 4",
        Fault("altered", 4, 4),
    ),
    "a microsecond": (
        "UPDATE traces_entry SET at = at + interval '1 microsecond' WHERE id = 4",
        Fault("altered", 4, 4),
    ),
    "null instead of nothing": ("UPDATE traces_entry SET before = 'null' WHERE id = 4", Fault("altered", 4, 4)),
    "the transaction": ("UPDATE traces_entry SET xid = '3' WHERE id = 4", Fault("altered", 4, 4)),
    "gone": ("DELETE FROM traces_entry WHERE id = 4", Fault("missing", 4, 4)),
    "gone as if pruned": (
        "WITH gone AS (DELETE FROM traces_entry WHERE id = 4)"
        " UPDATE traces_seal SET pruned_at = clock_timestamp() WHERE entry_id = 4",
        Fault("early", 4, 4),
    ),
    "slipped in": (
        "INSERT INTO traces_entry (id, xid, kind) OVERRIDING SYSTEM VALUE SELECT 99, xid, 'insert' FROM traces_entry"
        " WHERE id = 3",
        Fault("inserted", None, 99),
    ),
    "a byte of a digest": (
        "UPDATE traces_seal SET digest = set_byte(digest, 7, get_byte(digest, 7) # 1) WHERE position = 4",
        Fault("broken", 4, 4),
    ),
    "a byte of a content": (
        "UPDATE traces_seal SET content = set_byte(content, 0, get_byte(content, 0) # 128) WHERE position = 4",
        Fault("altered", 4, 4),
    ),
    "kept shorter": ("UPDATE traces_seal SET personal = NOT personal WHERE position = 4", Fault("broken", 4, 4)),
    "a link gone": ("DELETE FROM traces_seal WHERE position = 4", Fault("gap", 5, 5)),
}


@pytest.mark.parametrize(("statement", "fault"), TAMPERED.values(), ids=TAMPERED)
def test_every_way_of_tampering_is_found_and_named(statement: str, fault: Fault) -> None:
    make(7)
    chain.seal_new()
    assert chain.faults() == []
    owner(statement)
    assert fault in chain.faults()
    assert fault in chain.faults(first=3)


def test_the_first_and_the_last_entry_are_guarded_too() -> None:
    make(3)
    chain.seal_new()
    owner("UPDATE traces_entry SET kind = 'delete' WHERE id IN (1, 3)")
    assert chain.faults() == [Fault("altered", 1, 1), Fault("altered", 3, 3)]


FORGE = """
DO $$
DECLARE
    head bytea;
    one record;
BEGIN
    UPDATE traces_entry SET actor = 'user:9' WHERE id = 2;
    SELECT digest INTO head FROM traces_seal WHERE position = 1;
    FOR one IN SELECT s.*, traces_content(e) AS now FROM traces_seal s JOIN traces_entry e ON e.id = s.entry_id
        WHERE s.position >= 2 ORDER BY s.position
    LOOP
        head := traces_link(head, one.position, one.entry_id, one.at, one.personal, one.now);
        UPDATE traces_seal SET content = one.now, digest = head WHERE position = one.position;
    END LOOP;
END $$
"""


def test_a_chain_rewritten_by_the_owner_is_found_by_an_anchor_kept_outside() -> None:
    make(5)
    chain.seal_new()
    outside = chain.anchor_now()
    assert outside is not None and outside.position == 5
    assert chain.faults(anchors=(outside,)) == []
    owner(FORGE)
    owner("DELETE FROM traces_anchor")
    assert chain.faults() == [], "inside nothing can be seen"
    assert chain.faults(anchors=(outside,)) == [Fault("anchor", 5, None)]


def test_a_rewritten_chain_disagrees_with_the_anchors_noted_inside() -> None:
    make(5)
    chain.seal_new()
    chain.anchor_now()
    owner(FORGE)
    assert chain.faults() == [Fault("anchor", 5, None)]


def test_an_end_that_was_cut_off_is_found_by_the_anchor() -> None:
    make(5)
    chain.seal_new()
    outside = chain.anchor_now()
    assert outside is not None
    owner("DELETE FROM traces_seal WHERE position > 3")
    owner("DELETE FROM traces_entry WHERE id > 3")
    assert Fault("anchor", 5, None) in chain.faults()
    assert Fault("anchor", 5, None) in chain.faults(anchors=(outside,))


def test_a_restored_database_that_counts_transactions_from_lower_on_goes_on() -> None:
    make(3)
    chain.seal_new()
    owner("UPDATE traces_entry SET xid = (xid::text::bigint + 1000000)::text::xid8")
    owner("UPDATE traces_seal SET xid = (xid::text::bigint + 1000000)::text::xid8")
    make(2)
    assert chain.seal_new() == 2
    assert chain.seal_new() == 0
    make(1)
    assert chain.seal_new() == 1
    assert sealed()[-3:] == [4, 5, 6]


# --- pruning ----------------------------------------------------------------------------------------------------------
def age(*ids: int) -> None:
    """Make entries older than the security log is kept; before they are sealed."""
    owner("UPDATE traces_entry SET at = clock_timestamp() - interval '400 days' WHERE id = ANY (%s)", list(ids))


def prune() -> int:
    with as_owner():
        return chain.prune(timezone.now())


def left() -> list[int]:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM traces_entry ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def test_what_was_kept_long_enough_goes_and_the_chain_stays_sound() -> None:
    make(6)
    age(1, 2, 4)
    chain.seal_new()
    outside = chain.head()
    assert prune() == 3
    assert left() == [3, 5, 6]
    assert list(Seal.objects.order_by("position").values_list("position", flat=True)) == [3, 4, 5, 6]
    assert chain.faults() == []
    assert outside is not None and chain.faults(anchors=(outside,)) == []
    make(1)
    chain.seal_new()
    assert chain.faults() == []


def test_entries_about_people_are_kept_three_years() -> None:
    note(kind="read", detail={})
    note(kind="sign_in", detail={})
    age(1, 2)
    chain.seal_new()
    assert prune() == 1
    assert left() == [1]
    owner("UPDATE traces_seal SET at = at - interval '2 years'")  # a lie: only to see that it is found
    assert chain.faults() != []


def test_when_all_went_the_next_entry_follows_the_last_link() -> None:
    make(3)
    age(1, 2, 3)
    chain.seal_new()
    assert prune() == 3
    make(2)
    assert chain.seal_new() == 2
    assert chain.faults() == []
    assert prune() == 0
    assert chain.faults() == []


def test_tampering_behind_a_pruned_entry_is_still_found() -> None:
    make(5)
    age(1, 2, 3)
    chain.seal_new()
    prune()
    owner("UPDATE traces_entry SET actor = 'user:9' WHERE id = 4")
    assert chain.faults() == [Fault("altered", 4, 4)]


def test_an_anchor_older_than_what_is_kept_is_not_confirmed() -> None:
    make(5)
    age(1, 2, 3)
    chain.seal_new()
    first = Seal.objects.get(position=1)
    prune()
    lost = Head(1, bytes(first.digest).hex())
    assert chain.faults(anchors=(lost,)) == [Fault("anchor", 1, None)]
    cut = Anchor.objects.get(why="pruned")
    assert chain.faults(anchors=(Head(cut.position, bytes(cut.digest).hex()),)) == []


def test_only_the_owner_prunes() -> None:
    with pytest.raises(CommandError):
        call_command("prune_traces")
    make(2)
    age(1)
    out = StringIO()
    with as_owner():
        call_command("prune_traces", stdout=out)
    assert out.getvalue().startswith("1 ")
    assert 1 not in left()


# --- commands and tasks -----------------------------------------------------------------------------------------------
def run(command: str, *arguments: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command(command, *arguments, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_that_all_is_well() -> None:
    make(2)
    code, text = run("check_traces")
    assert code == 0
    assert str(chain.head()) in text


def test_the_command_names_what_was_altered_and_fails() -> None:
    make(3)
    chain.seal_new()
    owner("UPDATE traces_entry SET area = '1' WHERE id = 2")
    code, text = run("check_traces")
    assert code == 1
    assert "2" in text and len(text.splitlines()) == 1


def test_an_anchor_is_printed_noted_and_checked() -> None:
    make(3)
    _code, text = run("trace_anchor")
    assert Anchor.objects.count() == 1
    assert run("check_traces", "--anchor", text.strip())[0] == 0
    assert run("check_traces", "--anchor", "3:" + "0" * 64)[0] == 1


@pytest.mark.parametrize("text", ["3", "3:xyz", "x:" + "0" * 64, "3:" + "g" * 64, ""])
def test_what_is_no_anchor_is_refused(text: str) -> None:
    with pytest.raises((CommandError, SystemExit)):
        call_command("check_traces", "--anchor", text, stderr=open(os.devnull, "w"))  # noqa: PTH123, SIM115


def test_nothing_to_anchor_is_said() -> None:
    with pytest.raises(CommandError):
        call_command("trace_anchor")


def test_the_night_checks_anchors_and_tells(caplog: pytest.LogCaptureFixture) -> None:
    make(3)
    assert tasks.check_all_traces(0) == 0
    assert Anchor.objects.count() == 1
    owner("DELETE FROM traces_entry WHERE id = 2")
    assert tasks.check_all_traces(0) == 1
    assert "missing" in caplog.text


def test_every_minute_seals() -> None:
    tasks.seal_traces(0)  # what an earlier test committed
    make(2)
    assert tasks.seal_traces(0) == 2


def test_what_is_rolled_back_leaves_no_link() -> None:
    make(1)
    chain.seal_new()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make(1)
        chain.seal_new()
        raise ZeroDivisionError
    assert len(sealed()) == 1
    make(1)
    assert chain.seal_new() == 1
    assert chain.faults() == []
