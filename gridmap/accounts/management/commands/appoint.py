"""`manage.py appoint`: gives somebody a post from the machine itself, as the first administrator of all needs it."""

import re
from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from gridmap.accounts import second_factor
from gridmap.accounts.models import AREA_PATTERN, Post, User
from gridmap.accounts.roles import Role
from gridmap.accounts.sessions import end_sessions
from gridmap.accounts.staff.codes import give_code
from gridmap.accounts.staff.models import AccountReset
from gridmap.accounts.staff.resets import note_reset

ROLES = [role.value for role in Role if role != Role.WALL_SCREEN]


class Command(BaseCommand):
    help = "Gives a person a post from today on, and a one-time code to whoever has no account yet."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=ROLES)
        parser.add_argument("area", nargs="?", default="", help="code prefix, 2 to 15 digits; everywhere if left out")
        parser.add_argument("--name", default="", help="the person's name as others read it")
        parser.add_argument(
            "--new-code",
            action="store_true",
            help="for who lost password or phone: a new one-time code, no second factor, all sessions ended",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        area = options["area"]
        if not re.fullmatch(AREA_PATTERN, area):
            raise CommandError(
                f"“{area}” is no area: a code of 2, 4, 6, 9, 12 or 15 digits, or nothing for everywhere."
            )
        person, is_new = self._person(options["username"], options["name"])
        post = self._post(person, Role(options["role"]), area)
        self.stdout.write(f"{person.username}: {post.role}, {post.area or 'everywhere'}, since {post.starts_on}")
        if is_new or options["new_code"]:
            self._give_code(person, is_new=is_new)

    def _person(self, username: str, name: str) -> tuple[User, bool]:
        plain = User.normalize_username(username)
        try:
            UnicodeUsernameValidator()(plain)
        except ValidationError as refusal:
            raise CommandError(f"“{username}”: {' '.join(refusal.messages)}") from refusal
        person = User.objects.filter(username=plain).first()
        if person is not None:
            if not person.is_active:
                raise CommandError(f"“{plain}” is switched off.")
            return person, False
        if User.objects.filter(username__iexact=plain).exists():
            raise CommandError(f"There is a “{plain}” in other capital and small letters.")
        return User.objects.create(username=plain, name=name, password="!"), True  # noqa: S106  (opens nothing)

    def _post(self, person: User, role: Role, area: str) -> Post:
        today = timezone.localdate()
        held = Post.objects.filter(person=person, role=role, area=area).in_force(today).first()
        return held or Post.objects.create(person=person, role=role, area=area, starts_on=today)

    def _give_code(self, person: User, *, is_new: bool) -> None:
        now = timezone.now()
        second_factor.reset(person, at=now)
        end_sessions(person)
        for kind in () if is_new else AccountReset.Kind:
            note_reset(person, kind, by=None, at=now)
        self.stdout.write(f"one-time code: {give_code(person)}")
        self.stdout.write("It is shown this once. The first sign-in asks for a password of one's own.")
