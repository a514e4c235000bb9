"""The planner's pages: which communities to draw, the draft on the map, and putting it in force."""

import json
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gridmap.accounts.permissions import areas_of
from gridmap.accounts.roles import Verb
from gridmap.jobs.models import Job
from gridmap.jobs.services import enqueue
from gridmap.planning.forms import DrawForm, initial_figures
from gridmap.planning.ground import communities_under
from gridmap.planning.listing import PER_PAGE, Narrowing, communities_with_figures, size_of, streets_of
from gridmap.planning.models import Plan
from gridmap.planning.permissions import may_adopt, may_draw
from gridmap.planning.refusals import PlanRefusedError
from gridmap.planning.services import adopt_plan, discard_plan
from gridmap.planning.wording import figure_rows, sentence
from gridmap.planning.work import KIND
from gridmap.territory.codes import REGION_CODE
from gridmap.territory.models import Building, Region, Rule


@require_GET
def communities(request: HttpRequest) -> HttpResponse:
    """The communities a person may draw or adopt in, biggest first, judged by the size rule."""
    drawing = areas_of(request.user, Verb.DRAW_GRIDS)
    areas = drawing + areas_of(request.user, Verb.ADOPT_PLAN)
    if not areas:
        raise Http404
    rules = dict(Rule.objects.filter(key__startswith="community_households_").values_list("key", "value"))
    narrowing = Narrowing.from_query(request.GET)
    page = Paginator(communities_with_figures(areas, narrowing), PER_PAGE).get_page(request.GET.get("page"))
    for row in page:
        row.size = size_of(row.households, rules)
    context = {
        "page": page,
        "rules": rules,
        "narrowing": narrowing,
        "streets": streets_of(areas),
        "form": DrawForm(initial=initial_figures()) if drawing else None,
        "may_import": bool(areas_of(request.user, Verb.IMPORT_DATA)),
    }
    return render(request, "planning/communities.html", context)


@require_GET
def new(request: HttpRequest) -> HttpResponse:
    """The form for drawing one community, or all of a street or county."""
    region = _region_or_404(request, request.GET.get("community", ""))
    if not may_draw(request.user, region):
        raise Http404
    return _show_form(request, region, DrawForm(initial=initial_figures() | {"community": [region.code]}))


def _region_or_404(request: HttpRequest, code: str) -> Region:
    if not REGION_CODE.fullmatch(code):
        raise Http404
    return get_object_or_404(Region.objects.visible_to(request.user), code=code)


def _show_form(request: HttpRequest, region: Region, form: DrawForm, status: int = 200) -> HttpResponse:
    below = Region.objects.communities().with_boundary().under(region.code).count()
    buildings = Building.objects.active().filter(community__in=Region.objects.communities().under(region.code))
    context = {"form": form, "region": region, "below": below, "totals": buildings.totals()}
    return render(request, "planning/new.html", context, status=status)


@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """Start the drawing as a job and show its progress."""
    form = DrawForm(request.POST)
    region = _region_or_404(request, (request.POST.getlist("community") or [""])[0])
    if not may_draw(request.user, region):
        raise Http404
    if not form.is_valid():
        return _show_form(request, region, form, status=400)
    codes = form.cleaned_data["community"]
    chosen = list(Region.objects.visible_to(request.user).filter(code__in=codes))
    if len(chosen) != len(set(codes)) or not all(may_draw(request.user, one) for one in chosen):
        raise Http404
    try:
        count = len(communities_under(codes))
    except PlanRefusedError as refusal:
        form.add_error(None, str(refusal))
        return _show_form(request, region, form, status=400)
    title = _("Draw grids: %(name)s") % {"name": region.name}
    if count > 1:
        title = _("Draw grids: %(name)s and others, %(count)d communities") % {"name": region.name, "count": count}
    figures = {name: form.cleaned_data[name] for name in ("target", "minimum", "maximum")}
    job = enqueue(
        kind=KIND,
        title=title,
        by=request.user,  # type: ignore[arg-type]
        area="",
        parameters={"communities": codes, "rule": figures, "seed": form.cleaned_data["seed"]},
    )
    return redirect("planning:work", job.pk)


@require_GET
def work(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far a drawing is; when it is done, the drafts it made."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id, kind=KIND)
    plans = Plan.objects.visible_to(request.user).filter(pk__in=job.result.get("plans", [])).select_related("community")
    if job.state == Job.State.SUCCEEDED and len(plans) == 1 and not job.result.get("refusals"):
        return redirect("planning:plan", plans[0].pk)
    adoptable = sum(one.state == Plan.State.DRAFT and may_adopt(request.user, one) for one in plans)
    context = {"job": job, "plans": plans, "adoptable": adoptable, "refusals": job.result.get("refusals", [])}
    return render(request, "planning/work.html", context)


@require_GET
def plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """One plan: its grids on the map and in a list, its figures, what had to give way and why."""
    found = get_object_or_404(Plan.objects.visible_to(request.user).select_related("community__parent"), pk=plan_id)
    grids = list(found.grids.select_related("grid"))
    for grid in grids:
        grid.sentences = [sentence(finding) for finding in grid.findings]  # type: ignore[attr-defined]
    context = {
        "plan": found,
        "grids": grids,
        "figures": figure_rows(found.figures),
        "findings": [sentence(finding) for finding in found.findings],
        "may_adopt": found.state == Plan.State.DRAFT and may_adopt(request.user, found),
        "may_draw": may_draw(request.user, found.community),
        "known": _known(found),
    }
    return render(request, "planning/plan.html", context)


def _known(plan: Plan) -> dict[str, bool]:
    """Which figures the buildings of the community have at all: an unknown figure is not nought."""
    buildings = Building.objects.active().filter(community=plan.community)
    return {name: buildings.exclude(**{name: None}).exists() for name in ("residents", "elders")}


@require_GET
def shapes(request: HttpRequest, plan_id: UUID) -> JsonResponse:
    """The grids of a plan as GeoJSON, with the figures that colour and label them."""
    found = get_object_or_404(Plan.objects.visible_to(request.user), pk=plan_id)
    features = [
        {
            "type": "Feature",
            "id": grid.number,
            "geometry": json.loads(grid.geom.json),
            "properties": {"number": grid.number, "households": grid.households, "kind": grid.kind},
        }
        for grid in found.grids.all()
    ]
    return JsonResponse({"type": "FeatureCollection", "features": features, "rule": found.parameters})


@require_POST
def adopt(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Put a plan in force."""
    found = get_object_or_404(Plan.objects.visible_to(request.user), pk=plan_id)
    try:
        grids = adopt_plan(plan=found, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    except PermissionDenied:
        raise Http404 from None
    except PlanRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(count)d grids are in force.") % {"count": len(grids)})
    return redirect("planning:plan", plan_id)


@require_POST
def adopt_all(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Put every draft that a drawing made in force; those that can't be are named, the others are not held up."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id, kind=KIND)
    plans = Plan.objects.visible_to(request.user).filter(pk__in=job.result.get("plans", []), state=Plan.State.DRAFT)
    adopted = 0
    for one in plans.select_related("community"):
        try:
            adopt_plan(plan=one, by=request.user, at=timezone.now())  # type: ignore[arg-type]
        except PermissionDenied:
            continue
        except PlanRefusedError as refusal:
            messages.error(request, f"{one.community.name}: {refusal}")
        else:
            adopted += 1
    messages.success(request, _("%(count)d plans are in force.") % {"count": adopted})
    return redirect("planning:work", job_id)


@require_POST
def discard(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Put a draft away."""
    found = get_object_or_404(Plan.objects.visible_to(request.user), pk=plan_id)
    try:
        discard_plan(plan=found, by=request.user)  # type: ignore[arg-type]
    except PermissionDenied:
        raise Http404 from None
    except PlanRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("planning:plan", plan_id)
    return redirect("planning:communities")
