"""The planner's pages: which communities to draw, the draft on the map, and putting it in force."""

from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridmap.accounts.permissions import area_prefix, areas_of, codes_in
from gridmap.accounts.roles import Verb
from gridmap.jobs.models import Job
from gridmap.planning.comparing import (
    NOW,
    choices,
    compare_with,
    moved_between,
    pairs,
    side_in_force,
    side_of_plan,
)
from gridmap.planning.drawing_job import KIND, enqueue_drawing
from gridmap.planning.explaining import (
    bound,
    curve,
    explained,
    histogram,
    in_force_listed,
    moved,
    number_of,
    terms_of,
    weights,
    worst,
)
from gridmap.planning.forms import MOST_COMMUNITIES, DrawForm, initial_figures
from gridmap.planning.ground import are_in_force, communities_under, fingerprint, grids_in_force
from gridmap.planning.listing import PER_PAGE, Narrowing, communities_with_figures, progress_of, size_of, streets_of
from gridmap.planning.models import Plan, PlannedGrid
from gridmap.planning.permissions import may_adopt, may_draw
from gridmap.planning.refusals import PlanRefusedError
from gridmap.planning.services import adopt_plan, discard_plan
from gridmap.planning.shapes import code_of, shapes_in_force, shapes_of_plan
from gridmap.planning.wording import figure_rows, sentence
from gridmap.planning.words import planning_words
from gridmap.territory.codes import REGION_CODE
from gridmap.territory.models import Building, Region, Rule

#: Other plans of a community that a plan is offered to be compared with.
MOST_OTHERS = 20
#: What the list of communities asks already, before its form leads to all settings.
SAID_BEFORE = ("target", "minimum", "maximum", "seed", "effort")


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


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form for drawing one community, all of a street or county, or those chosen in the list.

    `from` names a plan to begin with. Many chosen ones come as a POST: they are too long for an address.
    """
    asked = request.POST or request.GET
    codes = list(dict.fromkeys(asked.getlist("community")))[:MOST_COMMUNITIES]
    region = _region_or_404(request, codes[0] if codes else "")
    if not all(may_draw(request.user, _region_or_404(request, code)) for code in codes):
        raise Http404
    terms = None
    if "from" in request.GET:
        terms = terms_of(_plan_or_404(request, request.GET["from"], region))
    said = {name: request.POST[name] for name in SAID_BEFORE if name in request.POST}
    return _show_form(request, region, DrawForm(initial=initial_figures(terms) | said | {"community": codes}))


def _region_or_404(request: HttpRequest, code: str) -> Region:
    if not REGION_CODE.fullmatch(code):
        raise Http404
    return get_object_or_404(Region.objects.visible_to(request.user), code=code)


def _plan_or_404(request: HttpRequest, key: str, community: Region | None = None) -> Plan:
    """A plan by the key in an address; Http404 where it is none, not to be seen, or of another community."""
    try:
        found = get_object_or_404(
            Plan.objects.visible_to(request.user).select_related("community__parent"), pk=UUID(key)
        )
    except ValueError:
        raise Http404 from None
    if community is not None and found.community_id != community.pk:
        raise Http404
    return found


def _show_form(request: HttpRequest, region: Region, form: DrawForm, status: int = 200) -> HttpResponse:
    codes = [code for code in form["community"].value() or [] if REGION_CODE.fullmatch(code)] or [region.code]
    chosen = Region.objects.communities().filter(codes_in([area_prefix(code) for code in codes], "code"))
    below = chosen.with_boundary().count()
    buildings = Building.objects.active().filter(community__in=chosen)
    alone = region.level == Region.Level.COMMUNITY and len(codes) == 1
    kept = set(form.data.getlist("keep") if form.is_bound else form.initial.get("keep", ()))  # type: ignore[attr-defined]
    context = {
        "form": form,
        "region": region,
        "below": below,
        "many": len(codes) > 1,
        "totals": buildings.totals(),
        "in_force": in_force_listed(grids_in_force(region), kept) if alone else [],
        "shapes_now": reverse("planning:shapes_now", args=[region.code]) if alone else "",
        "words": planning_words(),
    }
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
    codes, terms = form.cleaned_data["community"], form.terms()
    chosen = list(Region.objects.visible_to(request.user).filter(code__in=codes))
    if len(chosen) != len(set(codes)) or not all(may_draw(request.user, one) for one in chosen):
        raise Http404
    try:
        communities = communities_under(codes)
    except PlanRefusedError as refusal:
        form.add_error(None, str(refusal))
        return _show_form(request, region, form, status=400)
    if not are_in_force(terms.keep, communities):
        raise Http404
    title = _("Draw grids: %(name)s") % {"name": region.name}
    if len(communities) > 1:
        named = {"name": region.name, "count": len(communities)}
        title = _("Draw grids: %(name)s and others, %(count)d communities") % named
    job = enqueue_drawing(codes=codes, terms=terms, by=request.user, title=title)  # type: ignore[arg-type]
    return redirect("planning:work", job.pk)


@require_GET
def work(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """How far a drawing is; when it is done, the drafts it made."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id, kind=KIND)
    done = job.state == Job.State.SUCCEEDED
    plans = Plan.objects.visible_to(request.user).filter(job=job.pk).select_related("community").order_by("community")
    plans = plans if done else plans.none()
    page = Paginator(plans, PER_PAGE).get_page(request.GET.get("page"))
    refusals, left = job.result.get("refusals", []), job.result.get("not_drawn", [])
    if done and page.paginator.count == 1 and not refusals and not left:
        return redirect("planning:plan", page[0].pk)
    drafts = plans.filter(state=Plan.State.DRAFT)
    adoptable = drafts.filter(codes_in(areas_of(request.user, Verb.ADOPT_PLAN), "community__code")).count()
    context = {
        "job": job,
        "plans": page,
        "asked": job.parameters.get("communities", []),
        "progress": [] if done else progress_of(job),
        "outside": sum(one.figures["outside_band"] for one in drafts) if done else 0,
        "moved": drafts.aggregate(n=Sum("grids__moved_households"))["n"] or 0,
        "adoptable": adoptable,
        "refusals": refusals,
        "scores": job.detail.get("scores", []),
        "stopped": bool(job.result.get("stopped")),
        "not_drawn": list(Region.objects.filter(code__in=left).values_list("name", flat=True)),
        "cancel_url": "" if job.has_ended else reverse("jobs:cancel", args=[job.pk]),
        "stop_url": "" if job.has_ended else reverse("jobs:stop", args=[job.pk]),
        "words": planning_words(),
    }
    return render(request, "planning/work.html", context)


@require_GET
def plan(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """One plan: its grids on the map and in a list, its figures, what had to give way and why."""
    found = get_object_or_404(Plan.objects.visible_to(request.user).select_related("community__parent"), pk=plan_id)
    terms = terms_of(found)
    grids = explained(found.grids.select_related("grid", "was"), terms.rule)
    for grid in grids:
        grid.shown, grid.was_shown = _names(grid)  # type: ignore[attr-defined]
    drawing = may_draw(request.user, found.community)
    others = found.community.plans.exclude(state=Plan.State.DISCARDED)[:MOST_OTHERS]
    context = {
        "plan": found,
        "grids": grids,
        "figures": figure_rows(found.figures),
        "findings": [sentence(finding) for finding in found.findings],
        "may_adopt": found.state == Plan.State.DRAFT and may_adopt(request.user, found),
        "may_draw": drawing,
        "stale": found.state == Plan.State.DRAFT and found.ground != fingerprint(found.community),
        "known": _known(found),
        "histogram": histogram(grids, terms.rule),
        "worst": worst(grids, terms.rule),
        "curve": curve(found),
        "weights": weights(found),
        "form": DrawForm(initial=initial_figures(terms) | {"community": [found.community.code]}) if drawing else None,
        "compare_with": compare_with(found, others),
        "moved": moved(found, grids),
        "bound": bound(found.figures),
        "stopped": found.figures.get("stopped", False),
        "words": planning_words(),
    }
    return render(request, "planning/plan.html", context)


def _names(grid: PlannedGrid) -> tuple[str, str]:
    """The last digits of the code that a grid has or keeps, or its number in the draft; what it was if that differs."""
    code, was = code_of(grid), grid.was.code if grid.was else ""
    shown = number_of(code) if code else f"{grid.number:03d}"
    return shown, "" if number_of(was) == shown else number_of(was)


def _known(plan: Plan) -> dict[str, bool]:
    """Which figures the buildings of the community have at all: an unknown figure is not nought."""
    buildings = Building.objects.active().filter(community=plan.community)
    return {name: buildings.exclude(**{name: None}).exists() for name in ("residents", "elders")}


@require_GET
def shapes(request: HttpRequest, plan_id: UUID) -> JsonResponse:
    """The grids of a plan as GeoJSON, with the figures that colour and label them."""
    return JsonResponse(shapes_of_plan(get_object_or_404(Plan.objects.visible_to(request.user), pk=plan_id)))


@require_GET
def shapes_now(request: HttpRequest, code: str) -> JsonResponse:
    """The grids in force of a community in which the person draws or adopts, in the same shape as those of a plan."""
    areas = areas_of(request.user, Verb.DRAW_GRIDS) + areas_of(request.user, Verb.ADOPT_PLAN)
    community = get_object_or_404(Region.objects.communities().filter(codes_in(areas, "code")), code=code)
    return JsonResponse(shapes_in_force(grids_in_force(community)))


@require_GET
def compare(request: HttpRequest) -> HttpResponse:
    """Two plans of one community side by side, or one and the grids in force (`now`)."""
    keys = [request.GET.get(name, "") for name in ("a", "b")]
    plans = [None if key == NOW else _plan_or_404(request, key) for key in keys]
    found = next((one for one in plans if one is not None), None)
    if found is None or any(one is not None and one.community_id != found.community_id for one in plans):
        raise Http404
    community, rule = found.community, terms_of(found).rule
    a, b = (side_of_plan(one) if one else side_in_force(community, rule) for one in plans)
    drawn = community.plans.exclude(state=Plan.State.DISCARDED)[:MOST_OTHERS]
    context = {
        "community": community,
        "a": a,
        "b": b,
        "pairs": pairs(a, b),
        "moved": moved_between(a, b, community),
        "choices": choices(community, drawn),
        "rule": asdict(rule),
        "words": planning_words(),
    }
    return render(request, "planning/compare.html", context)


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
    if job.state != Job.State.SUCCEEDED:
        raise Http404
    plans = Plan.objects.visible_to(request.user).filter(job=job.pk, state=Plan.State.DRAFT)
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
