"""Every sentence of the site is there in Chinese, and the compiled catalogue is the one of the text."""

import ast
import gettext
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "locale" / "zh_Hans" / "LC_MESSAGES"
SKIPPED = ["var/*", "node_modules/*", "tests/*", "bench/*"]
LINE = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)? ?(".*")')


def entries(path: Path) -> Iterator[dict[str, str]]:
    """The entries of a .po file but its head, keyed by keyword."""
    for block in path.read_text().split("\n\n"):
        entry: dict[str, str] = {}
        keyword = ""
        for line in block.splitlines():
            found = LINE.fullmatch(line)
            if not found:
                continue
            keyword = found[1] or keyword
            entry[keyword] = entry.get(keyword, "") + ast.literal_eval(found[2])
        if entry.get("msgid"):
            yield entry


def placeholders(text: str) -> list[str]:
    """What is filled in: %(name)s and {name}."""
    return sorted(set(re.findall(r"%\(\w+\)[a-z]|\{\w+\}", text)))


def test_no_sentence_is_left_untranslated() -> None:
    text = (FOLDER / "django.po").read_text()
    assert "#, fuzzy" not in text and "\n#~" not in text
    missing = [one["msgid"] for one in entries(FOLDER / "django.po") if not (one.get("msgstr") or one.get("msgstr[0]"))]
    assert missing == []


def test_what_is_filled_in_is_the_same_in_both_languages() -> None:
    for one in entries(FOLDER / "django.po"):
        source = one.get("msgid_plural", one["msgid"])
        assert placeholders(one.get("msgstr[0]", one.get("msgstr", ""))) == placeholders(source), one["msgid"]


def test_the_compiled_catalogue_holds_every_sentence_of_the_text() -> None:
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for one in entries(FOLDER / "django.po"):
        if "msgid_plural" in one:
            assert compiled.ngettext(one["msgid"], one["msgid_plural"], 2) == one["msgstr[0]"]
        elif "msgctxt" in one:
            assert compiled.pgettext(one["msgctxt"], one["msgid"]) == one["msgstr"]
        else:
            assert compiled.gettext(one["msgid"]) == one["msgstr"]


@pytest.mark.skipif(not shutil.which("xgettext"), reason="xgettext is not installed")
def test_every_sentence_of_the_code_is_in_the_catalogue(tmp_path: Path) -> None:
    base = Path(settings.BASE_DIR)
    copy = tmp_path / "copy"
    skip = shutil.ignore_patterns(
        "var", "node_modules", ".git", "tests", "bench", "static", "docs", ".*_cache", ".hypothesis"
    )
    shutil.copytree(base, copy, ignore=skip)
    ignore = [word for pattern in SKIPPED for word in ("--ignore", pattern)]
    command = ["django-admin", "makemessages", "-l", "zh_Hans", "--no-location", "--no-obsolete", *ignore]
    environment = {"PATH": f"{base / 'var/venv/bin'}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8"}
    environment |= {name: value for name, value in os.environ.items() if name == "LD_LIBRARY_PATH"}
    program = shutil.which("django-admin", path=environment["PATH"])
    if not program:
        pytest.skip("django-admin is not on the path")
    subprocess.run([program, *command[1:]], cwd=copy, check=True, capture_output=True, env=environment, timeout=120)
    known = {one["msgid"] for one in entries(FOLDER / "django.po")}
    found = {one["msgid"] for one in entries(copy / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po")}
    assert found - known == set()
