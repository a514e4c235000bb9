"""Finding buildings by name, by street and door, by compound or community and number."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q

from gridmap.finding.services import EXACT, PREFIX, WITHIN, Called
from gridmap.finding.understanding import Meaning
from gridmap.territory.models import Building, Compound, Region
from gridmap.territory.querysets import Viewer
from layers.sought.found import MOST_OF_A_KIND, Figure, Found, Number, Question, Rows, Words, lon_lat

#: Of so many places of one name buildings are looked at.
MOST_PLACES = 300
#: Words that number buildings; alone they mean all of them.
MARKS = ("号楼", "栋", "幢", "座", "号")


def find_buildings(question: Question, meaning: Meaning) -> Iterator[Found]:
    """Every name must be that of the building, its street, its compound or a region around it; figures must fit."""
    rows = _numbered(_buildings(question), meaning)
    if not meaning.names:
        if meaning.number:
            yield from _rows(question, rows, [])
        return
    if meaning.names[0] in MARKS and len(meaning.names) == 1:
        yield from _rows(question, rows.filter(number__endswith=meaning.names[0]), [])
        return
    known = [question.called(name, meaning) for name in meaning.names]
    given: set[int] = set()
    asked: list[list[str]] = []
    for only_exact in (True, False):
        places = [words.best() if only_exact else words.texts() for words in known]
        if not all(places) or places == asked or len(given) >= MOST_OF_A_KIND:
            continue
        asked = places
        chosen = rows
        for texts in places:
            chosen = chosen.filter(_called(question.user, texts, alone=not meaning.has_figures and len(places) == 1))
        for row in _rows(question, chosen, known):
            if int(row.id) not in given:
                given.add(int(row.id))
                yield row


def _buildings(question: Question) -> Rows:
    rows = Building.objects.visible_to(question.user).active().select_related("compound", "community")
    return rows.defer("geom", "geom_3857").annotate(
        street=Words(F("address")), called=Words(F("name")), figure=Figure(F("address")), key=Number(F("number"))
    )


def _numbered(rows: Rows, meaning: Meaning) -> Rows:
    """Narrowed to the figures; who says 12 may mean the building or, on a street of such doors, the door."""
    if meaning.tail:
        return rows.none()
    if meaning.door:
        rows = rows.filter(figure=meaning.door.partition("-")[0])
    return rows.filter(key=meaning.number.upper()) if meaning.number else rows


def _called(user: Viewer, texts: list[str], *, alone: bool) -> Q:
    """`alone`: a name without more is one of the building or its street; not all buildings of a compound are meant."""
    own = Q(street__in=texts) | Q(called__in=texts)
    if alone:
        return own
    regions = (
        Region.objects.visible_to(user)
        .filter(name__in=texts)
        .order_by("level")
        .values_list("code", flat=True)[:MOST_PLACES]
    )
    inside = Q(pk__in=[])
    for code in regions:
        inside |= Q(code__startswith=code.rstrip("0") if code.endswith("000") else code)
    communities = list(Region.objects.communities().filter(inside).values_list("pk", flat=True)) if regions else []
    named = Compound.objects.visible_to(user).active().filter(name__in=texts)
    compounds = list(named.values_list("pk", flat=True)[:MOST_PLACES])
    return own | Q(compound__in=compounds) | Q(community__in=communities)


def _rows(question: Question, rows: Rows, known: list[Called]) -> Iterator[Found]:
    for row in question.nearest(rows) if known else question.nearby(rows):
        where, away_m, names = row.address or str(row.compound or row.community or ""), row.away_m or 0.0, _names(row)
        rank, bears = _rank(names, known), frozenset(names)
        yield Found(rank, "building", str(row.pk), str(row), where, *lon_lat(row.point), away_m, bears)


def _names(row: Any) -> tuple[str, ...]:
    """All by which a building may be found."""
    around = (row.compound, row.community)
    return (row.street, row.called, *(one.name for one in around if one))


def _rank(names: tuple[str, ...], known: list[Called]) -> int:
    """That of the last name, wherever it stands; a number alone is a beginning."""
    if not known:
        return PREFIX
    return min((known[-1].ranks[name] for name in names if name in known[-1].ranks), default=WITHIN) or EXACT
