"""How passwords are hashed, and that nobody learns from the time it takes whose password is a one-time code."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """Argon2 without stretching: nobody guesses 120 random bits, and a list opens hundreds of accounts at once."""

    time_cost, memory_cost, parallelism = 1, 8, 1


class EvenArgon2(Argon2PasswordHasher):
    """Argon2 that takes as long for a one-time code, whose hash is quick, as for a password of one's own."""

    def verify(self, password: str, encoded: str) -> bool:
        """Whether the password fits; never quicker than for a name that does not exist."""
        if self._is_quick(encoded):
            self.encode(password, self.salt())
        return super().verify(password, encoded)

    def must_update(self, encoded: str) -> bool:
        """Whether the hash is out of date. One of a code is not: a password of the person's own replaces it at once."""
        return not self._is_quick(encoded) and super().must_update(encoded)

    def _is_quick(self, encoded: str) -> bool:
        return bool(self.decode(encoded)["memory_cost"] == QuickArgon2.memory_cost)
