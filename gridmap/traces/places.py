"""Under which area an entry stands: an auditor sees those inside their own."""

from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from gridmap.accounts.models import Post, User
from gridmap.accounts.permissions import PREFIX_LENGTHS


def shared(areas: Sequence[str]) -> str:
    """The smallest area that holds all of `areas`; "" (everywhere) where there are none."""
    first = areas[0] if areas else ""
    prefixes = (first[:length] for length in reversed(PREFIX_LENGTHS) if length <= len(first))
    return next((prefix for prefix in prefixes if all(area.startswith(prefix) for area in areas)), "")


def area_of(person: User | AnonymousUser | None) -> str:
    """The smallest area that holds all posts of a person in force today."""
    return area_of_number(person.pk) if isinstance(person, User) else ""


def area_of_number(person: int) -> str:
    """The same by the person's number; "" where nobody has it, after just as long."""
    posts = Post.objects.filter(person=person).in_force(timezone.localdate())
    return shared(list(posts.values_list("area", flat=True)))
