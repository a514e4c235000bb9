"""Who may import where."""

from django.contrib.auth.models import AnonymousUser

from gridmap.accounts.models import User
from gridmap.accounts.permissions import areas_of, may
from gridmap.accounts.roles import Verb
from gridmap.territory.models import Region
from importers.models import ImportRun


def may_import(user: User | AnonymousUser, run: ImportRun) -> bool:
    """Whether the person may go on with this import: their post must still reach its whole area."""
    return may(user, Verb.IMPORT_DATA, run.area)


def areas_to_choose(user: User | AnonymousUser, verb: Verb = Verb.IMPORT_DATA) -> list[tuple[str, str]]:
    """Areas (code prefixes) a person may import into, with their names; "" stands for everywhere."""
    areas = areas_of(user, verb)
    codes = [area.ljust(12, "0")[:12] for area in areas if area]
    names = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    return [(area, names.get(area.ljust(12, "0")[:12], area)) for area in areas]
