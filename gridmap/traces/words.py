"""What the trail's codes are called: tables and columns after their models, actors after the people they stand for."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridmap.accounts.models import AccessToken, Device, User
from gridmap.traces.chain import Fault

PERSON = re.compile(r"\buser:(\d+)\b")
SCREEN = re.compile(r"\bdevice:(\d+)\b")
TOKEN = re.compile(r"\btoken:(\d+)\b")
COMMAND = re.compile(r"\bcommand:(\w+)")
JOB = re.compile(r"\bjob:([0-9a-f-]{36})\b")
#: Tables without a model of their own, or whose model is called as nobody outside would call it.
TABLES = {
    "population_resident": gettext_lazy("residents"),
    "auth_group_permissions": gettext_lazy("rights of a group"),
    "accounts_user_groups": gettext_lazy("groups of a user"),
    "accounts_user_user_permissions": gettext_lazy("rights of a user"),
    "importers_stagedrow": gettext_lazy("row of an import"),
    "django_session": gettext_lazy("session"),
}
#: Columns whose field is called too shortly to be understood beside the table.
COLUMNS = {
    ("population_resident", "name"): gettext_lazy("full name"),
    ("population_resident", "kind"): gettext_lazy("kind of resident"),
    ("territory_region", "parent_id"): gettext_lazy("lies in"),
    ("accounts_organisation", "parent_id"): gettext_lazy("belongs to"),
}
#: What the site's own commands do, for people who never typed one.
COMMANDS = {
    "seed_demo": gettext_lazy("filled with sample data"),
    "generate_district": gettext_lazy("sample district made"),
    "generate_cases": gettext_lazy("sample cases made"),
    "demo_accounts": gettext_lazy("sample accounts made"),
    "migrate": gettext_lazy("update of the platform"),
    "import_data": gettext_lazy("import by an administrator"),
    "import_people": gettext_lazy("import of people by an administrator"),
    "draw_grids": gettext_lazy("grids drawn by an administrator"),
    "appoint": gettext_lazy("appointment by an administrator"),
    "rotate_keys": gettext_lazy("change of keys"),
    "prune_traces": gettext_lazy("tidying of traces"),
    "worker": gettext_lazy("work in the background"),
}
FAULTS = {
    "altered": gettext_lazy("Entry %(entry)s (link %(position)s) was altered."),
    "missing": gettext_lazy("Entry %(entry)s (link %(position)s) is missing."),
    "inserted": gettext_lazy("Entry %(entry)s was slipped in: older than the last link, but no link holds it."),
    "early": gettext_lazy("Entry %(entry)s (link %(position)s) was removed before its time."),
    "broken": gettext_lazy("Link %(position)s does not follow from the one before."),
    "gap": gettext_lazy("Links before %(position)s are missing."),
    "anchor": gettext_lazy("Link %(position)s is not what was anchored."),
}


def sentence(fault: Fault) -> str:
    """What is wrong, in words."""
    return str(FAULTS[fault.kind]) % {"entry": fault.entry, "position": fault.position}


@cache
def _models() -> Mapping[str, type]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def table_label(table: str) -> str:
    """The table as its model is called; its own name where it has none."""
    if table in TABLES:
        return str(TABLES[table])
    model = _models().get(table)
    return str(model._meta.verbose_name) if model else table  # type: ignore[attr-defined]


def column_label(table: str, column: str) -> str:
    """The column as its field is called."""
    if (table, column) in COLUMNS:
        return str(COLUMNS[table, column])
    model = _models().get(table)
    fields = {field.column: field for field in model._meta.concrete_fields} if model else {}  # type: ignore[attr-defined]
    return str(fields[column].verbose_name) if column in fields else column


def table_choices(tables: Iterable[str]) -> list[tuple[str, str]]:
    """Tables with their labels, in the order of the labels."""
    return sorted(((table, table_label(table)) for table in tables), key=lambda pair: pair[1])


def actor_labels(actors: Iterable[str]) -> dict[str, str]:
    """Each actor in words, with three questions to the database at most."""
    distinct = set(actors)
    people = _names(User, PERSON, distinct)
    screens = _names(Device, SCREEN, distinct)
    tokens = _names(AccessToken, TOKEN, distinct)
    return {actor: _label(actor, people, screens, tokens) for actor in distinct}


def _names(
    model: type[User] | type[Device] | type[AccessToken], pattern: re.Pattern[str], actors: Iterable[str]
) -> dict[str, str]:
    numbers = {found for actor in actors for found in pattern.findall(actor)}
    return {str(row.pk): str(row) for row in model._default_manager.filter(pk__in=numbers)} if numbers else {}


def _label(actor: str, people: Mapping[str, str], screens: Mapping[str, str], tokens: Mapping[str, str]) -> str:
    parts = [people.get(number, _("person %(number)s") % {"number": number}) for number in PERSON.findall(actor)]
    parts += [screens.get(number, _("screen %(number)s") % {"number": number}) for number in SCREEN.findall(actor)]
    parts += [
        _("token %(name)s") % {"name": f"“{tokens[number]}”" if number in tokens else number}
        for number in TOKEN.findall(actor)
    ]
    parts += [_command(name) for name in COMMAND.findall(actor)]
    parts += [_("work in the background") for _job in JOB.findall(actor)]
    return " · ".join(parts) or _("nobody signed in")


def _command(name: str) -> str:
    return str(COMMANDS[name]) if name in COMMANDS else _("command %(name)s") % {"name": name}
