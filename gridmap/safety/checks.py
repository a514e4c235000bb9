"""What `manage.py check --deploy` says beside Django's own checks."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

PLACES_OF_A_DEMO = ("*", ".localhost")
OWN_MACHINE = ("", "localhost", "127.0.0.1", "::1")
VERIFIED = ("verify-full", "verify-ca")
#: What lets a role pass row-level security or change the traces: being superuser, BYPASSRLS, owner of a table.
POWERS = """
SELECT rolsuper, rolbypassrls, EXISTS (
    SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND pg_has_role(relowner, 'USAGE'))
FROM pg_roles WHERE rolname = current_user
"""


def keys_are_given(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[CheckMessage]:
    """A key that every process makes for itself ends all sessions at each restart."""
    if settings.SECRET_KEY_GIVEN:
        return []
    return [
        Warning(
            "SECRET_KEY is not set in the environment: every process makes its own.",
            hint="Keep one of 50 or more random characters where only the service can read it.",
            id="gridmap.W001",
        )
    ]


def people_come_by_https(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[CheckMessage]:
    """Cookies and names must not cross a network in the clear."""
    found: list[CheckMessage] = []
    if not settings.HTTPS:
        hint = "Put TLS before the site and set HTTPS=true."
        found.append(Warning("The site is served without HTTPS.", hint=hint, id="gridmap.W002"))
    if any(host in PLACES_OF_A_DEMO for host in settings.ALLOWED_HOSTS):
        hint = "Name the hosts that people type."
        found.append(Warning("ALLOWED_HOSTS lets any host name through.", hint=hint, id="gridmap.W003"))
    return found


def nothing_inline_runs(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[CheckMessage]:
    """A policy with an exception for inline code stops no injected script."""
    sources = [source for group in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for source in _listed(group)]
    if not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} & set(sources):
        return []
    hint = "Take 'unsafe-inline', 'unsafe-eval' and whole schemes out of CONTENT_SECURITY_POLICY."
    return [Warning("The content security policy has a hole.", hint=hint, id="gridmap.W004")]


def strangers_files_are_locked_away(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[CheckMessage]:
    """Other people's files are read with every lock, or not at all."""
    if settings.SANDBOX_STRICT:
        return []
    return [
        Warning(
            "Files are also read where the kernel does not give every lock.",
            hint="Set SANDBOX_STRICT=true.",
            id="gridmap.W005",
        )
    ]


def database_is_reached_safely(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[CheckMessage]:
    """Over a network the connection to the database is encrypted and the server proves who it is."""
    database: dict[str, Any] = settings.DATABASES["default"]
    host = str(database.get("HOST") or database.get("OPTIONS", {}).get("host") or "")
    if host in OWN_MACHINE or host.startswith("/") or database.get("OPTIONS", {}).get("sslmode") in VERIFIED:
        return []
    hint = "End DATABASE_URL with ?sslmode=verify-full and give PGSSLROOTCERT."
    return [Warning(f"The database on {host} is reached without verified TLS.", hint=hint, id="gridmap.W007")]


def list_of_breaches_is_there(app_configs: Sequence[AppConfig] | None, **_more: Any) -> list[CheckMessage]:
    """A list that is named and cannot be read stops every change of a password."""
    if settings.BREACHED_PASSWORDS is None or settings.BREACHED_PASSWORDS.is_file():
        return []
    return [Error("BREACHED_PASSWORDS names no file.", hint="Bring the file or unset it.", id="gridmap.E002")]


def role_owns_nothing(
    app_configs: Sequence[AppConfig] | None, *, databases: Sequence[str] | None = None, **_more: Any
) -> list[CheckMessage]:
    """Row-level security and append-only traces bind a role that owns nothing and passes nothing by.

    Asks the database, so it runs only with `check --deploy --database default`.
    """
    found: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(POWERS)
            powers = cursor.fetchone()
        if any(powers):
            said = [
                name for name, has in zip(("superuser", "BYPASSRLS", "owner of tables"), powers, strict=True) if has
            ]
            hint = "Give the application its own role in DATABASE_URL; only migrations run as the owner."
            message = f"The role of the database connection “{alias}” is {', '.join(said)}."
            found.append(Warning(message, hint=hint, id="gridmap.W006"))
    return found


def _listed(group: Any) -> list[str]:
    return [str(one) for one in group] if isinstance(group, list | tuple | set) else []


def register_all() -> None:
    """Make the checks known to Django."""
    for check in (
        keys_are_given,
        people_come_by_https,
        nothing_inline_runs,
        strangers_files_are_locked_away,
        database_is_reached_safely,
        list_of_breaches_is_there,
    ):
        register(check, Tags.security, deploy=True)
    register(role_owns_nothing, Tags.security, Tags.database, deploy=True)
