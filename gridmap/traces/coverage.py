"""Which tables leave no trace of their own, and why. Every other table is watched; a test holds the database to it."""

from django.db import connection

#: Table → why its writes are not logged row by row.
EXCUSED: dict[str, str] = {
    "accounts_failedsignin": "counts tries for an hour; every failure is an entry of its own",
    "accounts_signedin": "changes with every request; sign-ins and sign-outs are entries of their own",
    "accounts_wrongtoken": "counts tries for an hour; every refusal is an entry of its own",
    "axes_accessattempt": "counts tries; failures and lockouts are entries of their own",
    "axes_accessattemptexpiration": "as axes_accessattempt",
    "axes_accessfailurelog": "as axes_accessattempt",
    "axes_accesslog": "as accounts_signedin",
    "casework_bin": "counts per square that follow from the cases",
    "casework_binchange": "as casework_bin",
    "django_content_type": "names of models, written by migrations",
    "django_migrations": "written by migrations, which are the owner's",
    "django_session": "holds sessions; sign-ins and sign-outs are entries of their own",
    "auth_permission": "names of Django's permissions, written by migrations and used by nothing here",
    "finding_reading": "how characters are read, written by migrations",
    "finding_spelling": "follows from finding_word",
    "finding_word": "words of names and addresses that follow from watched tables",
    "importers_listrow": "rows of a list before they are compared; what is applied is logged where it is written",
    "importers_stagedrow": "rows of a file before they are compared; what is applied is logged where it is written",
    "jobs_job": "progress, four times a second; begin and end of work are entries of their own",
    "jobs_share": "as jobs_job",
    "layers_selection": "a shape that somebody drew on the map; gone after an hour",
    "outbox_news": "copies of what happened, for live pages; gone after a day",
    "population_buildingcount": "counts per building that follow from watched tables",
    "population_revealuse": "counts reveals for an hour; every reveal is an entry of its own",
    "procrastinate_events": "the queue's own log",
    "procrastinate_jobs": "the queue; work is noted where it begins and ends",
    "procrastinate_periodic_defers": "the queue's clock",
    "procrastinate_workers": "heartbeats",
    "spatial_ref_sys": "PostGIS's list of coordinate systems",
    "territory_layerrevision": "counters that follow from watched tables",
    "traces_anchor": "the trail itself",
    "traces_entry": "the trail itself",
    "traces_refusals": "counts refusals of strangers for a minute; then they are entries",
    "traces_seal": "the trail itself",
}

#: Tables with an area and sealed values that are no list of people, and why their rows need no door to be seen.
OPEN: dict[str, str] = {
    "importers_importrun": "one row for each file that somebody brought; what it holds of people is sealed",
}

TABLES = """
SELECT c.relname, count(t.oid) = 4
FROM pg_class c LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND t.tgenabled = 'O'
     AND t.tgname IN ('traces_insert', 'traces_update', 'traces_delete', 'traces_truncate')
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') GROUP BY c.relname ORDER BY c.relname
"""
PROTECTED = """
SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relrowsecurity AND c.relforcerowsecurity AND p.polname = 'area'
"""


def watched_tables() -> dict[str, bool]:
    """Every table of the database, and whether all four triggers of it are awake."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return dict(cursor.fetchall())


def protected_tables() -> set[str]:
    """Tables whose rows exist only behind a door, for the owner too."""
    with connection.cursor() as cursor:
        cursor.execute(PROTECTED)
        return {row[0] for row in cursor.fetchall()}
