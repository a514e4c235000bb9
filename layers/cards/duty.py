"""Who is responsible for a place: the posts in force whose area is the grid or the community, by role."""

from collections import defaultdict

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from gridmap.accounts.models import Post
from gridmap.accounts.permissions import areas_of, codes_in, may
from gridmap.accounts.roles import Role, Verb
from gridmap.territory.querysets import Viewer
from layers.cards.card import Fact, Section
from layers.layer import GRID_DIGITS

#: Roles that answer for a place, nearest to the doors first; planners, auditors and screens do not.
ANSWERING = (
    Role.GRID_LEADER, Role.GRID_WORKER, Role.BUILDING_LEADER, Role.COMMUNITY_OFFICER, Role.STREET_OFFICER,
)  # fmt: skip
MOST_NAMES = 6


def responsible(code: str, user: Viewer) -> list[Section]:
    """One fact for each role that somebody holds for the grid with this code, or the community that it lies in: their
    names, where the viewer may read those of staff, else how many."""
    areas = {code, code[:12]} if len(code) == GRID_DIGITS else {code.ljust(12, "0"), code}
    posts = _posts().filter(area__in=areas, role__in=ANSWERING).select_related("person").order_by("duty", "pk")
    holders: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for post in posts:
        holders[post.role][post.person_id] = str(post.person)
    tell = _names if may(user, Verb.VIEW_STAFF, code) else _how_many
    facts = [tell(role, list(holders[role].values())) for role in ANSWERING if role in holders]
    if not facts:
        facts = [Fact(_("Posts"), None, note=_("nobody holds a post for this place"))]
    return [Section(_("Who is responsible"), facts)]


def staff_fact(prefix: str, user: Viewer) -> Fact:
    """How many people hold such a post in an area (a code prefix), as far as the viewer sees it."""
    seen = codes_in(areas_of(user, Verb.VIEW), "area")
    held = _posts().filter(seen, area__startswith=prefix, role__in=ANSWERING)
    return Fact(_("Staff"), held.values("person").distinct().count(), _("people"))


def _posts() -> QuerySet[Post]:
    return Post.objects.in_force(timezone.localdate()).filter(person__is_active=True)


def _names(role: Role, names: list[str]) -> Fact:
    more = _("and %(count)d more") % {"count": len(names) - MOST_NAMES} if len(names) > MOST_NAMES else ""
    return Fact(str(role.label), "、".join(names[:MOST_NAMES]), "", more)


def _how_many(role: Role, names: list[str]) -> Fact:
    return Fact(str(role.label), len(names), _("people"))
