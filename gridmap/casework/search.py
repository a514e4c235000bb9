"""Finding a case by its number, or by that of the source it came from."""

from django.db.models import Q, QuerySet

from gridmap.casework.models import Case
from gridmap.territory.querysets import Viewer

#: Fewer digits than a year and a month begin too many numbers.
FEWEST_DIGITS = 6


def cases_numbered(text: str, user: Viewer, *, most: int = 20) -> "QuerySet[Case]":
    """Cases that the person may see whose number is `text` or begins with it (20261122-000123, the dash left out or
    not), or whose number in the source it is; newest first, at most `most`."""
    word = text.strip()
    digits = word.replace("-", "")
    asked = Q(source_ref=word) & ~Q(source_ref="")  # as the index says
    if digits.isascii() and digits.isdigit() and len(digits) >= FEWEST_DIGITS:
        asked |= Q(number__startswith=digits if len(digits) <= 8 else f"{digits[:8]}-{digits[8:]}")
    return Case.objects.visible_to(user).filter(asked).select_related("category").order_by("-reported_at", "pk")[:most]
