"""The people of the demo: one account per kind of user, with posts in the generated district."""

import os
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import transaction

from gridmap.accounts.models import Post, User
from gridmap.accounts.permissions import area_prefix
from gridmap.accounts.roles import Network, Role
from gridmap.territory.models import Grid, Region

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class Member:
    """One demo account: `place` names the level of its area and, for a community, which one; its street or a grid."""

    username: str
    name: str
    role: Role
    place: str
    network: str = ""


CAST = (
    Member("admin", "管理员", Role.ADMINISTRATOR, "everywhere"),
    Member("planner", "陈思远", Role.PLANNER, "county"),
    Member("approver", "周国栋", Role.APPROVER, "county"),
    Member("centre", "赵雪梅", Role.CENTRE_OPERATOR, "county", Network.GOVERNANCE),
    Member("auditor", "沈静文", Role.AUDITOR, "county"),
    Member("street", "马卫东", Role.STREET_OFFICER, "爱民佳苑社区/street"),
    Member("community", "王桂芳", Role.COMMUNITY_OFFICER, "爱民佳苑社区"),
    Member("leader", "孙建华", Role.GRID_LEADER, "爱民佳苑社区", Network.SOCIAL_WORK),
    Member("worker", "李敏", Role.GRID_WORKER, "爱民佳苑社区/001", Network.SOCIAL_WORK),
)


def demo_password(folder: Path) -> str:
    """The one password of all demo accounts: made once on this machine, readable by its owner alone."""
    path = folder / "demo_password"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3)))
    return path.read_text().strip()


def open_accounts(*, password: str, today: date) -> list[tuple[Member, Post]]:
    """Make (or make good) the demo accounts and their posts; safe to run again."""
    opened = []
    with transaction.atomic():
        for member in CAST:
            user, _new = User.objects.get_or_create(username=member.username, defaults={"name": member.name})
            if not user.check_password(password):
                user.set_password(password)
                user.save(update_fields=["password"])
            post, _new = Post.objects.get_or_create(
                person=user,
                role=member.role,
                defaults={"area": area_of(member.place), "network": member.network, "starts_on": today},
            )
            opened.append((member, post))
    return opened


def area_of(place: str) -> str:
    """The code prefix that a place of the cast stands for in the database at hand."""
    if place == "everywhere":
        return ""
    if place == "county":
        return area_prefix(Region.objects.filter(level=Region.Level.COUNTY).earliest("code").code)
    name, _slash, part = place.partition("/")
    community = Region.objects.communities().get(name=name)
    if not part:
        return community.code
    if part == "street":
        return area_prefix(f"{community.code[:9]}000")
    return Grid.objects.in_force().filter(community=community).earliest("code").code
