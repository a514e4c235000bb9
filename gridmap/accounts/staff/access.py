"""Who can see a place, and why: every person × verb × the post that gives it, in one statement."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.models import Post
from gridmap.accounts.permissions import PREFIX_LENGTHS, area_prefix
from gridmap.accounts.roles import VERBS, Network, Role, Verb

#: A post reaches a place when its area is one of the prefixes of the place's code. Special groups are opened post by
#: post. Of a day in the past every post counts that was in force at any time of it, whatever became of the account.
HOLDINGS = """
SELECT u.id, u.username, coalesce(nullif(u.name, ''), u.username), p.id, p.role, p.area, p.network, p.duty,
       p.starts_on, p.ends_on, p.ended_at, coalesce(o.name, ''), coalesce(lent.name, ''),
       coalesce(nullif(absent.name, ''), absent.username, ''), coalesce(d.name, ''), u.is_active,
       array_agg(v.verb ORDER BY v.verb)
FROM accounts_post p
JOIN accounts_user u ON u.id = p.person_id
JOIN unnest(%(roles)s::text[], %(verbs)s::text[]) AS v(role, verb)
  ON v.role = p.role OR (v.verb = %(special)s AND p.special_groups)
LEFT JOIN accounts_organisation o ON o.id = p.organisation_id
LEFT JOIN accounts_organisation lent ON lent.id = p.seconded_from_id
LEFT JOIN accounts_post held ON held.id = p.deputy_for_id
LEFT JOIN accounts_user absent ON absent.id = held.person_id
LEFT JOIN accounts_device d ON d.account_id = u.id
WHERE p.area = ANY(%(areas)s)
  AND p.starts_on <= %(day)s
  AND (p.ends_on IS NULL OR p.ends_on >= %(day)s)
  AND (p.ended_at IS NULL OR p.ended_at > %(moment)s)
  AND (%(past)s OR u.is_active)
  AND (d.revoked_at IS NULL OR d.revoked_at > %(moment)s)
GROUP BY u.id, p.id, o.name, lent.name, absent.name, absent.username, d.name
ORDER BY length(p.area) DESC, p.role, 3, p.id
"""


@dataclass(frozen=True)
class Holding:
    """A post that reaches the place, whose it is, and what it allows there."""

    person: int
    username: str
    name: str
    post: int
    role: str
    area: str
    network: str
    duty: str
    starts_on: date
    ends_on: date | None
    ended_at: datetime | None
    organisation: str
    seconded_from: str
    deputy_of: str
    device: str
    is_active: bool
    verbs: frozenset[str]

    @property
    def role_name(self) -> str:
        """The role in words."""
        return str(Role(self.role).label)

    @property
    def network_name(self) -> str:
        """The network in words."""
        return str(Network(self.network).label) if self.network else ""

    @property
    def duty_name(self) -> str:
        """Main or assisting, in words."""
        return str(Post.Duty(self.duty).label)


@dataclass(frozen=True)
class Access:
    """One person (or screen) with all posts that reach the place."""

    person: int
    name: str
    username: str
    device: str
    is_active: bool
    holdings: tuple[Holding, ...]

    @property
    def verbs(self) -> frozenset[str]:
        """What the posts together allow."""
        return frozenset().union(*(one.verbs for one in self.holdings))


def holdings_at(code: str, *, day: date, now: datetime) -> list[Holding]:
    """Posts that let somebody do anything at the place with `code` (a region code, grid code or prefix) on `day`."""
    prefix = area_prefix(code)
    pairs = [(role.value, verb.value) for role, verbs in VERBS.items() for verb in verbs]
    pairs.append(("", Verb.SPECIAL_GROUPS.value))
    today = timezone.localdate(now)
    values: dict[str, Any] = {
        "roles": [role for role, _verb in pairs],
        "verbs": [verb for _role, verb in pairs],
        "special": Verb.SPECIAL_GROUPS.value,
        "areas": [prefix[:length] for length in (0, *PREFIX_LENGTHS) if length <= len(prefix)],
        "day": day,
        "past": day < today,
        "moment": now if day >= today else timezone.make_aware(datetime.combine(day, time.min)),
    }
    with connection.cursor() as cursor:
        cursor.execute(HOLDINGS, values)
        return [Holding(*(*row[:-1], frozenset(row[-1]))) for row in cursor.fetchall()]


def people_at(code: str, *, day: date, now: datetime) -> list[Access]:
    """The same by person: who serves the place itself first, who is responsible for all of it last."""
    by_person: dict[int, list[Holding]] = {}
    for one in holdings_at(code, day=day, now=now):
        by_person.setdefault(one.person, []).append(one)
    return [
        Access(held[0].person, held[0].name, held[0].username, held[0].device, held[0].is_active, tuple(held))
        for held in by_person.values()
    ]


def _with(verb: Verb) -> Callable[[Access], bool]:
    return lambda access: verb in access.verbs


def _counts_only(access: Access) -> bool:
    return access.verbs.isdisjoint({Verb.VIEW_PEOPLE, Verb.ADMINISTER, Verb.AUDIT, Verb.SPECIAL_GROUPS})


#: Groups of the page, with their headings: a person stands in every group that fits.
GROUPS: tuple[tuple[str, object, Callable[[Access], bool]], ...] = (
    ("counts", _("counts only"), _counts_only),
    ("masked", _("masked people's data"), _with(Verb.VIEW_PEOPLE)),
    ("reveal", _("can reveal"), _with(Verb.REVEAL)),
    ("export", _("can export"), _with(Verb.EXPORT_PEOPLE)),
    ("approve", _("can approve exports"), _with(Verb.APPROVE_EXPORT)),
    ("special", _("special groups"), _with(Verb.SPECIAL_GROUPS)),
    ("administer", _("administers"), _with(Verb.ADMINISTER)),
    ("audit", _("audits"), _with(Verb.AUDIT)),
)


def grouped(people: Iterable[Access]) -> dict[str, list[Access]]:
    """People by group."""
    rows = list(people)
    return {name: [one for one in rows if fits(one)] for name, _label, fits in GROUPS}
