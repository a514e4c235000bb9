"""Areas as people write and read them: a name, a code, or both."""

import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from gridmap.accounts.models import AREA_PATTERN, Post, User
from gridmap.accounts.permissions import PREFIX_LENGTHS, area_prefix, inside
from gridmap.accounts.places import atlas
from gridmap.accounts.staff.refusals import StaffRefusedError
from gridmap.accounts.staff.scope import areas_administered

#: A code alone, or one beside a name; a short number beside a name is a grid's or a building's.
CODE_ALONE = re.compile(r"[0-9]{2,15}")
CODE_BESIDE = re.compile(r"(?<![0-9])(?:[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})(?![0-9])")
LONGEST = 120
EVERYWHERE = {"*", "everywhere", "全部", "全域", "全部区域"}


def read_area(text: str, by: User) -> str:
    """The code prefix that `text` means inside the areas of `by`: a code, a code after a name, or a name alone.

    StaffRefusedError where it means none, several, or one outside.
    """
    typed = area_typed(text)
    if typed is not None:
        return _inside(typed, by)
    found = atlas().find(text.strip()[:LONGEST], areas_administered(by))
    areas = sorted({place.area for place in found})
    if not areas:
        raise StaffRefusedError("area_unknown", "area")
    if len(areas) > 1:
        raise StaffRefusedError("area_ambiguous", "area", places="、".join(areas[:5]))
    return areas[0]


def area_typed(text: str) -> str | None:
    """The code prefix written out in `text` ("everywhere" is one of no digits); None where there is none."""
    plain = text.replace("\x00", "").strip()[:LONGEST]
    if plain.lower() in EVERYWHERE or plain == _("everywhere"):
        return ""
    found = CODE_ALONE.fullmatch(plain) or CODE_BESIDE.search(plain)
    return area_prefix(found[0]) if found else None


def _inside(area: str, by: User) -> str:
    if not re.fullmatch(AREA_PATTERN, area):
        raise StaffRefusedError("area_unknown", "area")
    if not inside(area, areas_administered(by)):
        raise StaffRefusedError("area_outside", "area")
    above = [area[:length] for length in PREFIX_LENGTHS if length < len(area)]
    if atlas().names_of(above) and not atlas().names_of([area]):  # where nothing is imported yet, codes go unchecked
        raise StaffRefusedError("area_unknown", "area")
    return area


def written(area: str, names: dict[str, str]) -> str:
    """An area as a form shows it and `read_area` reads it again: name and code."""
    if not area:
        return _("everywhere")
    return f"{names[area]} · {area}" if area in names else area


def name_places(posts: Iterable[Post]) -> list[Post]:
    """The posts, each with `place`: the name of its area, or its code where no place has it."""
    rows = list(posts)
    names = atlas().names_of({post.area for post in rows if post.area})
    for post in rows:
        post.place = names.get(post.area, post.area) or _("everywhere")  # type: ignore[attr-defined]
    return rows


def first_area(by: User) -> str:
    """Where a form begins: the administrator's only area; nothing for who has several or administers everywhere."""
    areas = areas_administered(by)
    return written(areas[0], atlas().names_of(areas)) if len(areas) == 1 and areas[0] else ""
