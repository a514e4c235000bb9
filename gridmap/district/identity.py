"""Numbers of invented people that cannot be anybody's: a county code and a phone range that were never given out."""

from __future__ import annotations

from datetime import date

COUNTY_CODE = "990101"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_PHONE_HEAD = "129"  # paging numbers once, never mobile phones: those start with 13-19


def check_character(first17: str) -> str:
    """The eighteenth character of a citizen's number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return _CHECK[sum(int(digit) * weight for digit, weight in zip(first17, _WEIGHTS, strict=True)) % 11]


class Registry:
    """Hands out citizens' numbers and phones, never one twice. At most 500 men and 500 women share a day of birth; who
    comes later is born on a later day."""

    def __init__(self) -> None:
        self._born: dict[tuple[date, bool], int] = {}
        self._phones = 0
        self._passports = 0

    def citizen(self, born: date, *, male: bool) -> tuple[str, date]:
        """A number of 18 characters and the day of birth in it."""
        while self._born.get((born, male), 0) >= 500:
            born = date.fromordinal(born.toordinal() + 1)
        order = self._born[born, male] = self._born.get((born, male), 0) + 1
        sequence = 2 * order - 1 if male else 2 * (order - 1)
        first17 = f"{COUNTY_CODE}{born:%Y%m%d}{sequence:03d}"
        return first17 + check_character(first17), born

    def passport(self) -> str:
        self._passports += 1
        return f"ZZ{self._passports:07d}"

    def phone(self) -> str:
        """11 digits, spread over the range so that neighbours do not have neighbouring numbers."""
        self._phones += 1
        return f"{_PHONE_HEAD}{self._phones * 61_803_399 % 100_000_000:08d}"
