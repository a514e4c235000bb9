"""What a name, an ID number and a telephone number look like: one set of rules for forms and for lists. No Django.

Source: ID numbers, GB 11643-1999.
"""

import re
import unicodedata
from datetime import date

#: Nobody is older.
OLDEST_YEARS = 120
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_CITIZEN = re.compile(r"\d{17}[\dX]|\d{15}", re.ASCII)
_PERMIT = re.compile(r"[A-Z]{1,3}\d{6,14}|\d{8}|\d{10}", re.ASCII)
_PHONE = re.compile(r"1[2-9]\d{9}|0\d{2,3}-?\d{7,8}|[2-8]\d{6,7}|[48]00\d{7}", re.ASCII)
_HAN_BLANK = re.compile(r"(?<=[⺀-鿿\U00020000-\U0003ffff])\s+(?=[⺀-鿿\U00020000-\U0003ffff])")
_FORMULA = re.compile(r"[=@]|[+-](?![\d.])")
#: Beside letters: what stands between the parts of a name.
_IN_NAMES = frozenset("·•・‧∙.'’- ")


def is_formula(text: str) -> bool:
    """Whether a table would calculate this text instead of showing it."""
    return bool(_FORMULA.match(unicodedata.normalize("NFKC", text).lstrip()))


def name_text(text: str) -> str:
    """A name as it is kept: half-width, no blanks between Han characters, one between other words."""
    return _HAN_BLANK.sub("", " ".join(unicodedata.normalize("NFKC", text).split()))


def name_holds(text: str) -> bool:
    """Whether a name from `name_text` begins with a letter and has nothing in it but letters and what joins them."""
    return bool(text) and _is_letter(text[0]) and all(one in _IN_NAMES or _is_letter(one) for one in text)


def _is_letter(one: str) -> bool:
    return one.isalpha() or unicodedata.category(one) in {"Mn", "Mc", "Nl"}  # 〇 is a number to Unicode


def id_number_text(text: str) -> str:
    """An ID number as it is kept: half-width capitals without blanks and dashes."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper().replace("×", "X")


def id_number_fault(text: str, *, on: date) -> str:
    """Why `text` from `id_number_text` is no ID number of 18 or 15, permit or passport on this day; "" where it is."""
    if not _CITIZEN.fullmatch(text):
        return "" if _PERMIT.fullmatch(text) else "id_number_malformed"
    if len(text) == 18 and not check_digit_holds(text):
        return "id_number_wrong_check"
    return "" if birthday_in(text, on=on) else "id_number_wrong_birthday"


def check_digit_holds(text: str) -> bool:
    """Whether the last of 18 characters is the check digit of the others."""
    total = sum(int(digit) * weight for digit, weight in zip(text, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == text[-1]


def earliest_birth_year(*, on: date) -> int:
    """The first year in which somebody may be born who lives on this day."""
    return on.year - OLDEST_YEARS


def may_live(born: date, *, on: date) -> bool:
    """Whether somebody born on this day may live on that one."""
    return earliest_birth_year(on=on) <= born.year and born <= on


def birthday_in(number: str, *, on: date) -> date | None:
    """The birthday in an ID number of 18 or 15; None where nobody born then may live on this day, or it is another
    paper."""
    if not _CITIZEN.fullmatch(number):
        return None
    century = "18" if number[-3:] >= "996" else "19"
    digits = number[6:14] if len(number) == 18 else century + number[6:12]
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return born if may_live(born, on=on) else None


def phone_text(text: str) -> str:
    """A telephone number as it is kept: without blanks, brackets and the country's 86."""
    digits = re.sub(r"[\s().]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(\+|00)?86-?(?=1[\d-]{10,12}$|0\d)", "", digits)
    return re.sub(r"^(1\d{2})-?(\d{4})-?(\d{4})$", r"\1\2\3", digits)


def phone_holds(text: str) -> bool:
    """Whether `text` from `phone_text` is one mobile, landline or service number."""
    return bool(_PHONE.fullmatch(text))
