"""`manage.py demo_accounts`: who can sign in to the demo, and with what."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from gridmap.accounts.models import Post, User
from gridmap.district.cast import CAST, demo_password


class Command(BaseCommand):
    help = "Prints the demo accounts: user name, person, role, area and the password made on this machine."

    def handle(self, *args: Any, **options: Any) -> None:
        known = set(
            User.objects.filter(username__in=[member.username for member in CAST]).values_list("username", flat=True)
        )
        if not known:
            self.stdout.write("There are no demo accounts in this database.")
            return
        self.stdout.write(f"password of all demo accounts: {demo_password(settings.VAR_DIR)}")
        posts = Post.objects.filter(person__username__in=known).select_related("person").order_by("pk")
        for post in posts:
            self.stdout.write(
                f"  {post.person.username:10} {post.role:20} {post.area or 'everywhere':16} {post.person}"
            )
