"""The things that requests of the matrix are about: one of each kind and state in community 990101001001."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib.gis.geos import MultiPolygon, Point
from django.utils import timezone

from gridmap.accounts.models import AccessToken, Device, Organisation, Post, SignedIn, User
from gridmap.accounts.roles import Role
from gridmap.accounts.staff.models import StaffList
from gridmap.accounts.tickets import hash_of
from gridmap.console.models import SavedView
from gridmap.jobs.models import Job
from gridmap.planning.drawing_job import KIND
from gridmap.planning.models import Plan
from gridmap.population.models import ExportRequest
from gridmap.territory.component_classes import write_missing_classes
from gridmap.territory.models import Building, Camera, Component, Compound, Facility, Grid, Region, StreetLamp
from gridmap.traces.door import door
from gridmap.traces.services import note
from importers.lists.models import CompoundAlias, ListRow
from importers.models import ImportRun
from importers.records import Description, Layer
from layers.exports import store
from layers.models import LayerExport, Selection
from tests.cast import SOURCE, draw_grids, set_up_board, square
from tests.gridmap.casework.making import make_case
from tests.matrix.residents import Records, record_people
from tests.matrix.table import Place

COMMUNITY = "990101001001"
STREET = "990101001"
GRID = f"{COMMUNITY}001"


@dataclass(frozen=True)
class Thing:
    """What goes into the address and the body of a request, and where the thing lies."""

    state: str
    place: Place = field(default_factory=Place)
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)


class Things:
    """Everything on the chessboard that has an address; `of(kind, user)` lists one thing per state."""

    def __init__(self, people: list[User]) -> None:
        self.board = set_up_board()
        community = self.board.communities[0]
        grids = draw_grids(community) + draw_grids(self.board.communities[1])
        self.maker = User.objects.create(username="matrix-maker", password="!")
        self.building = Building.objects.filter(grid__code=GRID).earliest("pk")
        self.records = record_people(self.building, Building.objects.filter(grid=grids[4]).earliest("pk"))
        everyone = [*people, self.maker]
        self._owned = {
            "job": _jobs(everyone),
            "session": _sessions(everyone),
            "saved_view": _saved_views(everyone),
            "staff_list": _staff_lists(everyone),
            "token": _tokens(everyone),
            "export": _exports(everyone),
            "selection": _selections(everyone),
            "layer_export": _layer_exports(everyone),
            "people_list": _people_lists(everyone, self.records),
        }
        self._fixed = {
            **_plain(community),
            **_on_the_map(community, self.building),
            **_work(community, self.maker),
            **_staff(community, self.maker),
            **_people(self.building, self.records),
        }

    def of(self, kind: str, user: User | None) -> list[Thing]:
        """The things of a kind as this person would ask for them."""
        if kind not in self._owned:
            return self._fixed[kind]
        keys = self._owned[kind]
        theirs = Thing("theirs", Place(COMMUNITY), _named(keys[self.maker.pk]), body=_DECISION)
        if user is None:
            return [theirs]
        return [theirs, Thing("mine", Place(COMMUNITY, mine=True), _named(keys[user.pk]), body=_DECISION)]


def _named(key: Any) -> dict[str, Any]:
    """A key under every name that routes give it; a row of a list has the key of its list."""
    return dict.fromkeys(("key", "job_id", "pk", "number", "run_id", "row_id"), key)


_LASSO = {"layers": ["buildings"], "shape": {"lon": 119.905, "lat": 30.115, "radius_m": 500}}
_DECISION = {"choice": "refuse", "building": "out", "note": "不需要"}


def _plain(community: Region) -> dict[str, list[Thing]]:
    return {
        "none": [Thing("")],
        "tile_set": [Thing("", kwargs={"name": "ground"})],
        "tile": [Thing("", kwargs={"name": "ground", "z": 14, "x": 13650, "y": 6770})],
        "point": [Thing("", query={"lon": "119.905", "lat": "30.115"})],
        "layer": [Thing("", kwargs={"key": "buildings"})],
        "feature": [
            Thing("", Place(GRID), {"key": "grids", "feature": GRID}),
            Thing("", Place(COMMUNITY), {"key": "regions", "feature": COMMUNITY}),
        ],
        "lasso": [Thing("", body=_LASSO)],
        "taking_out": [Thing("", body={"layers": ["buildings"], "format": "csv"})],
        "place": [Thing("", kwargs={"key": "119.905,30.115"})],
        "words": [Thing("", query={"q": "长宁路"})],
        "person_sought": [Thing("", body={"text": "13800000000"})],
        "box": [Thing("", body={"bbox": [119.90, 30.11, 119.91, 30.12], "zoom": 18})],
        "region": [Thing("", Place(STREET), {"key": STREET + "000"}), Thing("", Place(COMMUNITY), {"key": COMMUNITY})],
        "grid": [Thing("", Place(GRID), {"key": GRID})],
        "community": [
            Thing("", Place(COMMUNITY), query={"community": COMMUNITY}, body={"community": COMMUNITY, "seed": "1"})
        ],
    }


def _on_the_map(community: Region, building: Building) -> dict[str, list[Thing]]:
    compound, camera, facility = _equipment(community)
    return {
        "building": [Thing("", Place(GRID), {"key": str(building.pk)})],
        "compound": [Thing("", Place(COMMUNITY), {"key": str(compound.pk)})],
        "camera": [Thing("", Place(COMMUNITY), {"key": str(camera.pk)})],
        "case": [Thing("", Place(GRID), {"key": str(make_case(at=building.point).pk)})],
        "duty": [Thing("", Place(GRID), {"key": str(_on_duty().pk)})],
        "equipment_kind": [Thing("", kwargs={"kind": "cameras"})],
        "equipment": [Thing("", Place(COMMUNITY), {"kind": "cameras", "key": camera.pk})],
        "facility": [Thing("", Place(COMMUNITY), {"key": str(facility.pk)})],
        "lamp": [Thing("", Place(COMMUNITY), {"key": str(_lamp().pk)})],
        "component": [Thing("", Place(COMMUNITY), {"key": str(_component().pk)})],
    }


def _on_duty() -> Post:
    """Somebody who works in the grid."""
    worker = User.objects.create(username="matrix-worker", password="!")
    return Post.objects.create(person=worker, role=Role.GRID_WORKER, area=GRID, starts_on=timezone.localdate())


def _work(community: Region, maker: User) -> dict[str, list[Thing]]:
    plans = [_plan(community, state) for state in (Plan.State.DRAFT, Plan.State.DISCARDED)]
    runs = [_run(status, maker) for status in (ImportRun.Status.READ, ImportRun.Status.FAILED)]
    return {
        "plan_and_now": [Thing(plans[0].state, Place(COMMUNITY), query={"a": str(plans[0].pk), "b": "now"})],
        "grids_now": [Thing("", Place(COMMUNITY), {"code": COMMUNITY})],
        "plan": [Thing(plan.state, Place(COMMUNITY), {"plan_id": plan.pk}) for plan in plans],
        "run": [Thing(run.status, Place(COMMUNITY), {"run_id": run.pk}) for run in runs],
    }


def _staff(community: Region, maker: User) -> dict[str, list[Thing]]:
    """Somebody with a post in the community, the post, an organisation there, a screen, and a trace of them."""
    today = timezone.localdate()
    person = User.objects.create(username="matrix-subject", name="钱某", password="!")
    office = Organisation.objects.create(name="一社区居委会", kind=Organisation.Kind.COMMUNITY, area=COMMUNITY)
    post = Post.objects.create(person=person, role=Role.COMMUNITY_OFFICER, area=COMMUNITY, starts_on=today)
    screen = User.objects.create(username="matrix-screen", password="!")
    Post.objects.create(person=screen, role=Role.WALL_SCREEN, area=COMMUNITY, starts_on=today)
    device = Device.objects.create(account=screen, name="大厅", token_hash="0" * 64, created_by=maker)
    named = {"person": person.pk, "post": post.pk, "organisation": office.pk, "screen": device.pk}
    named["staff_token"] = _tokens([person])[person.pk]
    named["entry"] = note(kind="refusal", by=person, area=COMMUNITY, detail={"status": 404})
    things = {kind: [Thing("", Place(COMMUNITY), {"number": pk})] for kind, pk in named.items()}
    return things | {"person": [Thing("", Place(COMMUNITY), {"number": person.pk}, {"person": str(person.pk)})]}


def _people(building: Building, records: Records) -> dict[str, list[Thing]]:
    reveal = {"field": "name", "reason": "visit", "text": "上门走访", "choice": "keep", "version": "1"}
    kinds = ("dwelling", "household", "resident", "tag", "conflict")
    made = {kind: [Thing("", Place(GRID), {"key": records.made[kind].pk}, body=reveal)] for kind in kinds}
    alias = CompoundAlias.objects.create(area=COMMUNITY, spelling="长宁一村", compound=_estate(building))
    made["spelling"] = [Thing("", Place(COMMUNITY), {"alias_id": alias.pk})]
    return made | {"building_people": [Thing("", Place(GRID), {"key": building.pk})]}


def _equipment(community: Region) -> tuple[Compound, Camera, Facility]:
    shape = MultiPolygon(square(119.901, 30.111, 0.002), srid=4326)
    spot = Point(119.904, 30.114, srid=4326)
    return (
        Compound.objects.create(source=SOURCE, source_ref="matrix", name="长宁新村", community=community, geom=shape),
        Camera.objects.create(source=SOURCE, source_ref="matrix", name="东门", geom=spot),
        Facility.objects.create(source=SOURCE, source_ref="matrix", name="卫生站", kind="health_station", geom=spot),
    )


def _lamp() -> StreetLamp:
    return StreetLamp.objects.create(source=SOURCE, source_ref="matrix", geom=Point(119.904, 30.114, srid=4326))


def _component() -> Component:
    write_missing_classes()
    spot = Point(119.904, 30.114, srid=4326)
    code = "9901010103000001"
    return Component.objects.create(source=SOURCE, source_ref=code, code=code, category_id="0103", geom=spot)


def _estate(building: Building) -> Compound:
    return Compound.objects.create(source=SOURCE, source_ref="alias", name="长宁一村", community=building.community)


def _plan(community: Region, state: str) -> Plan:
    names = (
        "grids", "households", "units", "within_10", "within_20", "smallest", "largest", "outside_band",
        "mean_deviation", "barriers_crossed", "extra_compound_pieces", "cut_length_m", "polsby_popper",
    )  # fmt: skip
    rule = {"target": 300, "minimum": 240, "maximum": 360, "seed": 1}
    figures = dict.fromkeys(names, 1)
    plan = Plan.objects.create(community=community, state=state, ground="none", parameters=rule, figures=figures)
    plan.grids.create(number=1, kind=Grid.Kind.GENERAL, geom=square(119.90, 30.11, 0.01), households=300)
    return plan


def _run(status: str, maker: User) -> ImportRun:
    layer = Layer(name="甲", columns=("编号",), rows=1, geometry="point", crs="")
    error = {"code": "already_applied", "params": {}} if status == ImportRun.Status.FAILED else {}
    return ImportRun.objects.create(
        kind=ImportRun.Kind.BUILDINGS,
        source="matrix",
        area=COMMUNITY,
        status=status,
        file_name="甲.csv",
        path="none.csv",
        sha256="0" * 64,
        size_bytes=1,
        created_by=maker,
        description=Description(reader="csv", layers=(layer,)).as_json(),
        placing={"reason": "chosen", "system": "wgs84"},
        error=error,
    )


def _jobs(people: list[User]) -> dict[int, Any]:
    jobs = [
        Job(id=uuid4(), kind=KIND, title="矩阵", state=Job.State.SUCCEEDED, created_by=person, result={"plans": []})
        for person in people
    ]
    Job.objects.bulk_create(jobs)
    return {job.created_by_id: job.pk for job in jobs if job.created_by_id is not None}


def _sessions(people: list[User]) -> dict[int, Any]:
    """One more session of everybody, in a browser elsewhere."""
    now = timezone.now()
    rows = [
        SignedIn(person=person, key_hash=hash_of(f"elsewhere{person.pk}"), password_mark="-", began_at=now, seen_at=now)
        for person in people
    ]
    return {row.person_id: row.pk for row in SignedIn.objects.bulk_create(rows)}


def _saved_views(people: list[User]) -> dict[int, Any]:
    rows = [SavedView(owner=person, name="矩阵", address="tab=layers") for person in people]
    return {row.owner_id: row.pk for row in SavedView.objects.bulk_create(rows)}


def _staff_lists(people: list[User]) -> dict[int, Any]:
    rows = [StaffList(file_name="名册.xlsx", created_by=one, created_at=timezone.now(), mark="-") for one in people]
    return {row.created_by_id: row.pk for row in StaffList.objects.bulk_create(rows)}


def _tokens(people: list[User]) -> dict[int, Any]:
    now = timezone.now()
    rows = [
        AccessToken(
            person=one,
            name="QGIS",
            key_hash=hash_of(f"token{one.pk}"),
            created_at=now,
            expires_at=now + timedelta(days=7),
        )
        for one in people
    ]
    return {row.person_id: row.pk for row in AccessToken.objects.bulk_create(rows)}


def _selections(people: list[User]) -> dict[int, Any]:
    rows = [Selection(person=one, asked=_LASSO, made_at=timezone.now()) for one in people]
    return {row.person_id: row.pk for row in Selection.objects.bulk_create(rows)}


def _layer_exports(people: list[User]) -> dict[int, Any]:
    """A file of everybody's, ready to be fetched."""
    now = timezone.now()
    rows = [
        LayerExport(
            person=one, title="楼栋", asked={"layers": ["buildings"], "format": "csv", "crs": 4326}, format="csv",
            state="ready", row_count=0, size_bytes=5, made_at=now, ready_at=now, until=now + timedelta(days=1),
        )
        for one in people
    ]  # fmt: skip
    for row in LayerExport.objects.bulk_create(rows):
        store.begin(row.pk).write_bytes(b"empty")
        store.keep(row.pk)
    return {row.person_id: row.pk for row in rows}


def _exports(people: list[User]) -> dict[int, Any]:
    now = timezone.now()
    rows = [
        ExportRequest(
            number=900_000 + one.pk, area=COMMUNITY, fields=["name"], purpose="核对", row_count=1, requested_by=one,
            requested_at=now,
        )
        for one in people
    ]  # fmt: skip
    return {row.requested_by_id: row.pk for row in ExportRequest.objects.bulk_create(rows)}


def _given(run: ImportRun) -> dict[str, Any]:
    """What was said of a run, to make another one of it."""
    names = ("kind", "source", "area", "status", "file_name", "path", "sha256", "size_bytes", "created_by", "placing")
    return {name: getattr(run, name) for name in (*names, "description", "counts")}


def _people_lists(people: list[User], records: Records) -> dict[int, Any]:
    """A list that everybody brought, each with one row that has no building; the row has the key of its list."""
    layer = Layer(name="甲", columns=("姓名", "住址"), rows=1)
    runs = [
        ImportRun(
            kind="residents", source="公安", area=COMMUNITY, status="checked", file_name="甲.csv", path="none.csv",
            sha256="0" * 64, size_bytes=1, created_by=one, placing={"reason": "by_address"},
            description=Description(reader="csv", layers=(layer,)).as_json(), counts={"place_unmatched": 1},
        )
        for one in people
    ]  # fmt: skip
    ImportRun.objects.bulk_create(runs[:-1])
    samples = json.dumps({"姓名": [records.canaries.text_for("name", 901, COMMUNITY)]})
    runs[-1] = records.marked(ImportRun, sealed_samples=samples, **_given(runs[-1]))
    place = {"area": COMMUNITY, "row": 2, "state": ListRow.State.UNMATCHED}
    with door(by=None, areas=[""], kind="import", command="test"):
        records.marked(ListRow, pk=runs[-1].pk, run=runs[-1], **place)
        ListRow.objects.bulk_create(
            ListRow(pk=run.pk, run=run, values="{}", reasons="[]", **place) for run in runs[:-1]
        )
    return {run.created_by_id: run.pk for run in runs if run.created_by_id is not None}
