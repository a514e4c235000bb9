"""The verbs of an import: bring a file, decide how it is read, check it, apply it, throw it away."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _lazy

from gridmap.accounts.models import User
from gridmap.jobs.models import Job
from gridmap.jobs.services import enqueue
from gridmap.territory.codes import REGION_CODE, Level, level_of
from gridmap.territory.models import Region
from importers import sandbox
from importers.columns import mapping as proposed
from importers.columns import without_misfits
from importers.datum import Placing, resolve
from importers.layers import best_layer
from importers.lists.looks import masked_samples, refuse_headless
from importers.lists.rows import drop_list_rows
from importers.lists.sealed_file import opened
from importers.models import ImportRun, StagedRow
from importers.records import Layer, RefusedError
from importers.reference import longitude_of, near
from importers.remembering import recalled

#: Kinds of jobs.
CHECK, APPLY, COMPARE = "import_check", "import_apply", "import_compare"
TITLES = {CHECK: _lazy("Check %(file)s"), APPLY: _lazy("Apply %(file)s"), COMPARE: _lazy("Compare %(file)s again")}
#: What new communities can stand below.
ABOVE_COMMUNITIES = frozenset({Level.COUNTY, Level.STREET})
CHUNK_BYTES = 1 << 20
#: Lists of people have no coordinates.
BY_ADDRESS = Placing("wgs84", "by_address")
SUFFIX_CHARACTERS = 12
#: Imports that a person may have brought and neither applied nor thrown away.
MOST_OPEN = 20


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person may decide about a file; empty means: find out."""

    kind: str
    source: str = ""
    area: str = ""
    layer: str = ""
    encoding: str = ""
    system: str = ""
    group_by: str = ""
    parent: str = ""
    parent_name: str = ""
    match: str = ""


def keep(name: str, chunks: Iterable[bytes]) -> tuple[Path, str, int]:
    """Store an upload under a random name below the media folder; path, SHA-256 and size.

    RefusedError("file_too_large") as soon as it passes the limit; nothing is left behind then.
    """
    folder = imports_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{secrets.token_hex(16)}{safe_suffix(name)}"
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("xb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > settings.UPLOAD_MAX_BYTES:
                    raise RefusedError("file_too_large", bytes=size, limit=settings.UPLOAD_MAX_BYTES)
                digest.update(chunk)
                file.write(chunk)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, digest.hexdigest(), size


def safe_suffix(name: str) -> str:
    """The suffix of an uploaded file's name, without anything that could mean more."""
    kept = "".join(letter for letter in Path(name).suffix.lower() if letter.isalnum() or letter == ".")
    return kept[:SUFFIX_CHARACTERS]


@contextmanager
def readable(run: ImportRun) -> Iterator[Path]:
    """The file of an import for the reading process: as it lies there, or opened for as long as it is read."""
    if run.file_key:
        with opened(Path(run.path), run.file_key.reveal()) as path:
            yield path
    else:
        yield Path(run.path)


def fingerprint(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file (or of all files of a folder, in order of their names)."""
    files = sorted(child for child in path.rglob("*") if child.is_file()) if path.is_dir() else [path]
    digest, size = hashlib.sha256(), 0
    for one in files:
        with one.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
    return digest.hexdigest(), size


def start(
    *,
    path: Path,
    name: str,
    sha256: str,
    size: int,
    choices: Choices,
    by: User | None,
    key: str = "",
    limits: sandbox.Limits | None = None,
) -> ImportRun:
    """A new import of a stored file: read once to know what it holds; RefusedError(code) where it cannot be read.

    `key` is that of a sealed file. The name of a list of people is not kept: it may name somebody.
    """
    if by is not None and ImportRun.objects.open_of(by).count() >= MOST_OPEN:
        raise RefusedError("too_many_open", limit=MOST_OPEN)
    run = ImportRun(
        kind=choices.kind,
        source=(choices.source or Path(name).stem)[:80],
        area=choices.area,
        file_name=name[:200],
        path=str(path),
        sha256=sha256,
        size_bytes=size,
        created_by=by,
    )
    if run.personal:
        run.file_name, run.file_key = f"{run.source}{safe_suffix(name)}", key
    look(run, choices, limits=limits)
    run.save()
    return run


def look(
    run: ImportRun,
    choices: Choices,
    *,
    mapping: Mapping[str, str] | None = None,
    limits: sandbox.Limits | None = None,
) -> None:
    """Read the file's description and a sample, and settle layer, encoding, system and columns (not saved)."""
    parent = _parent_of(choices)
    survey, layer = _surveyed(run, choices, limits)
    description = survey.description
    if run.personal:
        refuse_headless(description)
    if run.kind == ImportRun.Kind.OSM and description.reader != "osm":
        raise RefusedError("not_an_osm_extract", reader=description.reader)
    placing = BY_ADDRESS if run.personal else _placing(run, survey, layer, choices)
    remembered = recalled(run, layer.columns)
    run.description = description.as_json()
    run.layer = choices.layer or ("" if description.reader == "osm" else layer.name)
    run.encoding, run.placing = choices.encoding, placing.as_json()
    if mapping is not None:
        run.mapping = dict(mapping)
    else:
        guess = proposed(run.kind, layer.columns, remembered=remembered)
        run.mapping = without_misfits(guess, survey.values) if run.kind == ImportRun.Kind.REGIONS else guess
    if run.personal:
        run.sealed_samples = masked_samples(run.mapping, survey.values)
    else:
        run.samples = survey.values
    _name_groups(run, choices, remembered, decided=mapping is not None)
    if parent and level_of(parent) not in ABOVE_COMMUNITIES and "level" not in run.mapping:
        raise RefusedError("parent_level_wrong", region=parent)
    run.options = {
        name: value
        for name, value in (
            ("group_by", choices.group_by), ("parent", parent), ("parent_name", choices.parent_name),
            ("match", choices.match),
        )
        if value
    }  # fmt: skip
    run.status, run.error, run.stale = ImportRun.Status.READ, {}, False


def _placing(run: ImportRun, survey: sandbox.Survey, layer: Layer, choices: Choices) -> Placing:
    return resolve(
        layer, survey.points, near(survey.points), chosen=choices.system or None, longitude_deg=longitude_of(run.area)
    )


def _surveyed(run: ImportRun, choices: Choices, limits: sandbox.Limits | None) -> tuple[sandbox.Survey, Layer]:
    """What the file holds, with a sample of the chosen layer, or of the one that fits the kind best."""
    encoding, private = choices.encoding or None, run.personal
    with readable(run) as path:
        survey = sandbox.survey(path, layer=choices.layer or None, encoding=encoding, limits=limits, private=private)
        description = survey.description
        if choices.layer or description.reader == "osm" or not description.layers:
            return survey, description.layer(choices.layer or None)
        best = best_layer(run.kind, description.layers)
        if best.name != description.layers[0].name:
            survey = sandbox.survey(path, layer=best.name, encoding=encoding, limits=limits, private=private)
        return survey, best


def _parent_of(choices: Choices) -> str:
    """The 12-digit code of the chosen region above; a shorter one stands for a region that there is.

    RefusedError where it is no such code, or where there is no such region and no name to make it by.
    """
    code = choices.parent
    if not code:
        return ""
    whole = code.ljust(12, "0")
    if not REGION_CODE.fullmatch(whole):
        raise RefusedError("parent_malformed", value=code[:40])
    if Region.objects.filter(code=whole).exists():
        return whole
    if len(code) < len(whole):
        raise RefusedError("parent_malformed", value=code)
    if not choices.parent_name:
        raise RefusedError("parent_without_name", region=code)
    return code


def _name_groups(run: ImportRun, choices: Choices, remembered: Mapping[str, str], *, decided: bool) -> None:
    """Rows united by a column are known by its value, and named by it where no column of names was chosen."""
    column = choices.group_by
    if not column:
        return
    fresh = run.options.get("group_by") != column
    if fresh if decided else "source_ref" not in remembered:
        run.mapping["source_ref"] = column
    run.mapping.setdefault("name", column)


def ask(run: ImportRun, kind: str, *, by: User | None, **parameters: Any) -> Job:
    """Queue checking, comparing or applying `run` and remember the job on it."""
    status = ImportRun.Status.APPLYING if kind == APPLY else ImportRun.Status.CHECKING
    with transaction.atomic():
        job = enqueue(
            kind=kind,
            title=str(TITLES[kind]) % {"file": run.file_name},
            by=by,
            area=run.area,
            parameters={"run": str(run.pk), **parameters},
        )
        ImportRun.objects.filter(pk=run.pk).update(job=job, status=status)
    run.refresh_from_db()
    return job


def let_go(run: ImportRun) -> None:
    """Put an import whose job ended without doing it (stopped in the queue, broken) back to the step before."""
    begun = ImportRun.Status.READ if run.applied_at is None else ImportRun.Status.APPLIED
    before = {ImportRun.Status.CHECKING.value: begun, ImportRun.Status.APPLYING.value: ImportRun.Status.CHECKED}
    if run.status in before and (run.job is None or run.job.has_ended):
        ImportRun.objects.filter(pk=run.pk, status=run.status, job=run.job).update(status=before[run.status])
        run.refresh_from_db()


def drop_rows(run: ImportRun) -> None:
    """Delete what is staged of `run`."""
    if run.personal:
        drop_list_rows(run)
    else:
        StagedRow.objects.filter(run=run).delete()


def discard(run: ImportRun) -> None:
    """Throw away an import that was not applied, with its rows and its file."""
    run.delete()
    drop_file(run)


def drop_file(run: ImportRun) -> None:
    """Delete the stored upload of `run`; a file that was read where it lies stays."""
    path = Path(run.path)
    if path.is_relative_to(imports_folder()):
        path.unlink(missing_ok=True)


def forget_before(moment: datetime) -> int:
    """Forget what imports older than `moment` still hold; returns how many imports it was.

    One that was applied loses its rows and stays as a record; one that was not is thrown away. Uploads that belong
    to no import any more go too. What a job is working on is left alone.
    """
    old = ImportRun.objects.filter(created_at__lt=moment).filter(Q(job=None) | Q(job__created_at__lt=moment))
    staged = Exists(StagedRow.objects.filter(run=OuterRef("pk"))) | Q(
        kind__in=ImportRun.PERSONAL, counts__waiting__gt=0
    )
    holding = ~Q(status=ImportRun.Status.APPLIED) | staged
    forgotten = 0
    for pk in list(old.filter(holding).values_list("pk", flat=True)):
        with transaction.atomic():
            run = ImportRun.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if run is None or (run.job is not None and not run.job.has_ended):
                continue
            if run.status == ImportRun.Status.APPLIED:
                drop_rows(run)
                drop_file(run)
            else:
                discard(run)
            forgotten += 1
    _drop_strays(moment)
    return forgotten


def _drop_strays(moment: datetime) -> None:
    held = set(ImportRun.objects.exclude(status=ImportRun.Status.APPLIED).values_list("path", flat=True))
    for path in imports_folder().glob("*"):
        if str(path) not in held and path.stat().st_mtime < moment.timestamp():
            path.unlink(missing_ok=True)


def imports_folder() -> Path:
    """Where uploads lie."""
    return Path(settings.MEDIA_ROOT) / "imports"
