"""Words for the page that says who can see a place."""

from collections.abc import Iterable, Mapping

from django import template
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.roles import Verb

register = template.Library()

#: Verbs in the order in which they weigh, in words, and whether they open people's data.
VERBS = {
    Verb.VIEW: (_("map and counts"), False),
    Verb.IMPORT_DATA: (_("import data"), False),
    Verb.EDIT_EQUIPMENT: (_("edit cameras, lamps, components, facilities"), False),
    Verb.DRAW_GRIDS: (_("draw grids"), False),
    Verb.ADOPT_PLAN: (_("adopt plans"), False),
    Verb.VIEW_PEOPLE: (_("people, masked"), True),
    Verb.REVEAL: (_("reveal"), True),
    Verb.EDIT_PEOPLE: (_("edit people"), True),
    Verb.IMPORT_PEOPLE: (_("import people's lists"), True),
    Verb.EXPORT_PEOPLE: (_("ask for exports"), True),
    Verb.APPROVE_EXPORT: (_("approve exports"), True),
    Verb.SPECIAL_GROUPS: (_("special groups"), True),
    Verb.AUDIT: (_("audit"), False),
    Verb.ADMINISTER: (_("administer"), False),
}


@register.filter
def verb_labels(verbs: Iterable[str]) -> list[tuple[str, bool]]:
    """What verbs mean, and whether each opens people's data; the heavier the later."""
    held = set(verbs)
    return [(str(label), personal) for verb, (label, personal) in VERBS.items() if verb in held]


@register.filter
def named(names: Mapping[str, str], area: str) -> str:
    """The name of an area, or nothing."""
    return names.get(area, "")
