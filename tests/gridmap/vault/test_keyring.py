"""Nonsense in the settings is refused at once, in words that say what to set; half-rotated data stays readable."""

import base64
import os
import subprocess
import sys

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from gridmap.vault.checks import check_keys
from gridmap.vault.ciphers import Cipher, Place, TamperedError, UnknownKeyError, read_header
from gridmap.vault.keyring import Keyring, NoKeyError, keyring, read_keys
from gridmap.vault.sealing import open_secret, seal_text
from tests.shared import ROOT

PLACE = Place("vault_person", "name", "1")


def key(number: int, seed: int = 0) -> str:
    secret = bytes((seed + number * 7 + at * 5) % 256 for at in range(32))
    return f"{number}:{base64.b64encode(secret).decode()}"


def ring(*keys: str, cipher: str = "aes-256-gcm") -> Keyring:
    return Keyring(field_keys=",".join(keys), field_cipher=cipher, blind_keys="")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "starts with its number"),
        (":" + key(1)[2:], "starts with its number"),
        ("0" + key(1)[1:], "1 to 255"),
        ("256" + key(1)[1:], "1 to 255"),
        ("-1" + key(1)[1:], "1 to 255"),
        ("１" + key(1)[1:], "1 to 255"),
        ("1:not base64!", "is not base64"),
        ("1:c2hvcnQ=", "is not 32 random bytes"),
        ("1:" + base64.b64encode(bytes(32)).decode(), "is not 32 random bytes"),
        ("1:" + base64.b64encode(b"ab" * 16).decode(), "is not 32 random bytes"),
        (f"{key(1)},{key(1, seed=9)}", "holds key 1 twice"),
    ],
)
def test_nonsense_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said) as caught:
        read_keys("FIELD_KEYS", text)
    assert str(caught.value).startswith("FIELD_KEYS")
    assert text.partition(":")[2].strip() not in str(caught.value) or not text.partition(":")[2], "no key in a message"


def test_spaces_and_a_comma_too_many_are_no_nonsense() -> None:
    assert [one.number for one in read_keys("FIELD_KEYS", f" {key(12)} ,, {key(7)},\n")] == [12, 7]
    assert read_keys("FIELD_KEYS", "") == ()


def test_an_unknown_cipher_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="aes-256-gcm or sm4-gcm"):
        ring(key(1), cipher="rot13")


def test_one_key_for_both_settings_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="keys of its own"):
        Keyring(field_keys=key(1), field_cipher="aes-256-gcm", blind_keys=key(1))


def test_no_representation_holds_a_key() -> None:
    one = ring(key(1))
    assert key(1)[2:12] not in repr(one.field_keys)
    assert "secret" not in repr(one.field_keys[0])


def test_without_a_key_nothing_is_sealed_and_the_message_says_what_to_set(settings: Settings) -> None:
    settings.FIELD_KEYS = ""
    with pytest.raises(NoKeyError, match=r"FIELD_KEYS is not set.*NUMBER:KEY"):
        seal_text("vault_person", "name", 1, "张三")
    assert seal_text("vault_person", "name", 1, "") == b"", "nothing needs no key"


def test_a_process_without_keys_makes_none_up() -> None:
    """What it stored would be lost with it, also while developing."""
    program = (
        "import django; django.setup(); from gridmap.vault.sealing import seal_text; seal_text('t', 'c', 1, 'text')"
    )
    given = {"FIELD_KEYS": "", "BLIND_KEYS": "", "DEBUG": "true", "DJANGO_SETTINGS_MODULE": "gridmap.settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=os.environ | given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "NoKeyError: FIELD_KEYS is not set" in done.stderr


def test_nonsense_ends_a_process_at_its_start() -> None:
    environment = {**os.environ, "FIELD_KEYS": "1:c2hvcnQ=", "DJANGO_SETTINGS_MODULE": "gridmap.settings"}
    done = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "FIELD_KEYS: key 1 is not 32 random bytes" in done.stderr
    assert "c2hvcnQ" not in done.stderr


def test_the_deploy_check_names_what_is_not_set(settings: Settings) -> None:
    assert check_keys(None) == []
    settings.FIELD_KEYS = settings.BLIND_KEYS = ""
    assert [one.id for one in check_keys(None)] == ["vault.E010", "vault.E010"]
    assert all(one.level == 40 for one in check_keys(None)), "errors, not warnings"
    found = {one.msg for one in run_checks(include_deployment_checks=True)}
    assert "FIELD_KEYS is not set: nothing personal can be stored." in found
    assert "BLIND_KEYS is not set: nothing personal can be stored." in found
    assert not any(one.id == "vault.E010" for one in run_checks())


def test_the_first_key_seals_and_the_others_open() -> None:
    old = ring(key(1))
    blob = old.seal("张三", PLACE)
    both = ring(key(2), key(1))
    assert both.open(blob, PLACE) == "张三"
    assert read_header(both.seal("张三", PLACE)) == (Cipher.AES, 2)
    with pytest.raises(UnknownKeyError, match=r"holds no key 1.*vault_person\.name"):
        ring(key(2)).open(blob, PLACE)


def test_another_key_under_the_same_number_is_not_taken_for_it() -> None:
    blob = ring(key(1)).seal("张三", PLACE)
    with pytest.raises(TamperedError):
        ring(key(1, seed=50)).open(blob, PLACE)


@pytest.mark.parametrize("now", Cipher)
def test_values_of_both_ciphers_and_keys_are_read_side_by_side(now: Cipher) -> None:
    blobs = [ring(key(number), cipher=cipher).seal("张三", PLACE) for number in (1, 2) for cipher in Cipher]
    both = ring(key(2), key(1), cipher=now)
    assert [both.open(blob, PLACE) for blob in blobs] == ["张三"] * 4
    renewed = [both.renewed(blob, PLACE) for blob in blobs]
    assert {read_header(blob) for blob in renewed} == {(now, 2)}
    assert sum(new == old for new, old in zip(renewed, blobs, strict=True)) == 1, "the current one is left alone"


def test_what_cannot_be_opened_is_not_renewed() -> None:
    blob = ring(key(1)).seal("张三", PLACE)
    assert ring(key(2)).renewed(blob, PLACE) == blob
    assert ring(key(2), key(1)).renewed(blob[:-1] + b"\0", PLACE) == blob[:-1] + b"\0"
    assert ring(key(2)).renewed(b"", PLACE) == b""


def test_settings_are_read_as_they_are_now(settings: Settings) -> None:
    blob = seal_text("vault_person", "name", 1, "张三")
    first = settings.FIELD_KEYS
    settings.FIELD_KEYS = f"{key(9)},{first}"
    assert read_header(keyring().header) == (Cipher.AES, 9)
    assert open_secret("vault_person", "name", 1, blob) == "张三"
    settings.FIELD_CIPHER = "sm4-gcm"
    assert read_header(keyring().header) == (Cipher.SM4, 9)
