"""Which encoding a text file is in: what it states, then its byte-order mark, strict UTF-8, strict GB18030."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from importers.records import RefusedError

BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CANDIDATES = (("utf-8", "utf8_strict"), ("gb18030", "gb18030_strict"))
CHUNK_BYTES = 1 << 20

# dBASE language drivers that name one encoding for sure; the Western ones are written by default and prove nothing.
LANGUAGE_DRIVERS = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5"}
# Names a .cpg file uses for encodings Python calls otherwise. GB18030 contains GBK and GB2312, and loses nothing.
CODE_PAGES = {
    "936": "gb18030", "cp936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "gb18030": "gb18030",
    "54936": "gb18030", "65001": "utf-8", "950": "big5", "big5": "big5",
    "88591": "cp1252", "iso 8859-1": "cp1252", "1252": "cp1252",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding Python knows and the code of the reason it was taken."""

    name: str
    reason: str


def known(name: str) -> str:
    """`name` as Python's name of a text encoding; RefusedError("encoding_unknown") where there is none."""
    wanted = CODE_PAGES.get(name.strip().lower(), name.strip())
    try:
        info = codecs.lookup(wanted)
    except (LookupError, ValueError):
        raise RefusedError("encoding_unknown", encoding=name[:40]) from None
    if not getattr(info, "_is_text_encoding", True):
        raise RefusedError("encoding_unknown", encoding=name[:40])
    return info.name


def of_file(path: Path, chosen: str | None = None) -> Encoding:
    """The encoding of a whole text file, read once in pieces; RefusedError("encoding_undecided") where none fits."""
    if chosen:
        return Encoding(known(chosen), "chosen")
    with path.open("rb") as file:
        head = file.read(4)
    for mark, name in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return Encoding(name, "byte_order_mark")
    for name, reason in CANDIDATES:
        if _decodes(path, name):
            return Encoding(name, reason)
    raise RefusedError("encoding_undecided")


def of_texts(texts: Iterable[bytes], *, stated: str = "", stated_by: str = "", chosen: str | None = None) -> Encoding:
    """The encoding of separate byte strings (the text fields of a dBASE table), which may be cut inside a character."""
    if chosen:
        return Encoding(known(chosen), "chosen")
    pieces = list(texts)
    if stated and all(_fits(piece, stated) for piece in pieces):
        return Encoding(stated, stated_by)
    for name, reason in CANDIDATES:
        if name != stated and all(_fits(piece, name) for piece in pieces):
            return Encoding(name, f"{reason}_against_{stated_by}" if stated else reason)
    raise RefusedError("encoding_undecided")


def decode(piece: bytes, encoding: str) -> tuple[str, bool]:
    """Text of one field and whether it had to be cut or patched, for fields that end inside a character."""
    try:
        return piece.decode(encoding), False
    except UnicodeDecodeError:
        return piece.decode(encoding, errors="ignore"), True


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)("strict")
    with path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK_BYTES):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _fits(piece: bytes, name: str) -> bool:
    try:
        codecs.getincrementaldecoder(name)("strict").decode(piece, final=False)
    except UnicodeDecodeError:
        return False
    return True
