"""Passwords from breaches are refused where the administrator brought the list."""

import hashlib
from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from gridmap.safety.breached import NotBreached, is_listed

KNOWN = ["correct horse battery", "满江红-怒发冲冠-1103", "a" * 64]


def write(path: Path, passwords: list[str], *, end: str = "\n") -> Path:
    hashes = sorted(hashlib.sha1(word.encode(), usedforsecurity=False).hexdigest().upper() for word in passwords)
    path.write_text(end.join(f"{one}:{number + 1}" for number, one in enumerate(hashes)) + end, encoding="ascii")
    return path


@given(st.lists(st.text(max_size=12), unique=True, max_size=40), st.text(max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_exactly_what_is_listed_is_found(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], other: str, end: str
) -> None:
    words = [word for word in words if word.isprintable()]
    path = write(tmp_path_factory.mktemp("list") / "hashes", words, end=end)
    assert all(is_listed(word, path) for word in words)
    if other.isprintable():
        assert is_listed(other, path) is (other in words)


def test_an_empty_list_knows_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert not is_listed("password", tmp_path / "empty")


def test_a_known_password_cannot_be_chosen(tmp_path: Path, settings: Settings) -> None:
    settings.BREACHED_PASSWORDS = write(tmp_path / "hashes", KNOWN)
    for word in KNOWN:
        with pytest.raises(ValidationError) as refused:
            validate_password(word)
        assert "password_breached" in {error.code for error in refused.value.error_list}
    NotBreached().validate("nobody ever had this one 7")


def test_without_a_list_nothing_is_refused(settings: Settings) -> None:
    settings.BREACHED_PASSWORDS = None
    NotBreached().validate(KNOWN[0])


def test_a_list_that_is_gone_is_no_yes(tmp_path: Path, settings: Settings) -> None:
    settings.BREACHED_PASSWORDS = tmp_path / "gone"
    with pytest.raises(OSError, match="gone"):
        NotBreached().validate(KNOWN[0])
