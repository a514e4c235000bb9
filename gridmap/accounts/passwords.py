"""What a password may not be, beside what Django refuses: short, common, or like the person's own name.

No rule asks for kinds of characters, and none for a change without a reason (ASVS 5.0.0, 6.2).
"""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gridmap.accounts.models import User

#: Words that whoever guesses here tries first.
WORDS = ("gridmap", "wangge", "wanggehua", "shequ", "jiedao", "网格", "社区", "街道", "password", "admin")
#: What has to be left of a password without those words, years and repetitions.
LETTERS_LEFT = 6


class NotTheNameOfTheHouse:
    """Refuses what is made of the words of this place, the user name and a few figures."""

    def validate(self, password: str, user: User | None = None) -> None:
        """ValidationError where too little is left."""
        left = unicodedata.normalize("NFKC", password).casefold()
        for word in (*WORDS, *([user.username.casefold()] if user and len(user.username) > 2 else [])):
            left = left.replace(word, "")
        kept = {one for one in left if one.isalpha()} | {one for one in left if one.isdigit()}
        if len(kept) < LETTERS_LEFT:
            raise ValidationError(
                _("This password is made of few characters or of words that everybody here would guess."),
                code="password_too_near",
            )

    def get_help_text(self) -> str:
        """Shown beside the field."""
        return _("Not made of the words of this place or of a few characters repeated.")
