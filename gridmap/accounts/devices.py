"""Wall screens: given a token once, taken out of service, entered with the token or a link that carries it."""

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponseBase
from django.utils import timezone

from gridmap.accounts.models import Device, Post, User
from gridmap.accounts.permissions import codes_in
from gridmap.accounts.roles import Role
from gridmap.accounts.staff.scope import areas_administered, demand_area
from gridmap.accounts.tickets import Ticket, hash_of

TOKEN_BYTES = 32
#: Screens hang for years; a token that leaks is revoked, and last seen tells of one that nobody uses.
COOKIE_DAYS = 3 * 365


@transaction.atomic
def register(*, name: str, area: str, by: User, now: datetime) -> tuple[Device, str]:
    """A screen that shows `area`, and its token, which is told once and kept nowhere. StaffRefusedError."""
    demand_area(by, area)
    account = User(username=f"screen-{secrets.token_hex(8)}", name=name[:60])
    account.set_unusable_password()
    account.save()
    Post.objects.create(person=account, role=Role.WALL_SCREEN, area=area, starts_on=timezone.localdate(now))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    device = Device.objects.create(account=account, name=name, token_hash=hash_of(token), created_by=by)
    return device, token


@transaction.atomic
def revoke(*, device: Device, now: datetime) -> None:
    """Take a screen out of service for good: token, account and post."""
    Device.objects.filter(pk=device.pk, revoked_at__isnull=True).update(revoked_at=now)
    Post.objects.filter(person=device.account, ended_at__isnull=True).update(ended_at=now)
    User.objects.filter(pk=device.account_id).update(is_active=False)


def screens_of(by: User) -> "QuerySet[Device]":
    """The screens whose area this administrator administers, those out of service last; `post` is each one's."""
    held = Post.objects.filter(codes_in(areas_administered(by), "area"), role=Role.WALL_SCREEN)
    posts = Prefetch("account__posts", queryset=held, to_attr="held")
    rows = Device.objects.filter(account__posts__in=held).select_related("account", "created_by")
    return rows.prefetch_related(posts).order_by("revoked_at", "name", "pk").distinct()


def opens(token: str) -> bool:
    """Whether this token is that of a screen in service."""
    return Device.objects.alive().filter(token_hash=hash_of(token)).exists()


def let_in(response: HttpResponseBase, token: str) -> None:
    """Give the browser the cookie that every further request shows."""
    response.set_cookie(
        settings.SCREEN_COOKIE_NAME,
        Ticket(is_screen=True, key=token).key,
        max_age=COOKIE_DAYS * 86_400,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )
