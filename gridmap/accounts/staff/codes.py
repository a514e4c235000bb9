"""One-time codes: the password that opens an account once, until the person has chosen their own."""

import secrets

from django.contrib.auth.hashers import make_password

from gridmap.accounts.hashers import QuickArgon2
from gridmap.accounts.models import User

#: Letters and digits that are not taken for one another on paper (Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, LETTERS = 6, 4


def new_code() -> str:
    """120 random bits in groups of four."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))


def give_code(person: User) -> str:
    """Put a new code in the place of the account's password (kept as its hash alone) and return it: it is told once.

    Whoever calls has checked the right and holds the account's row.
    """
    code = new_code()
    person.password = make_password(code, hasher=QuickArgon2())
    person.must_choose_password = True
    person.save(update_fields=["password", "must_choose_password"])
    return code
