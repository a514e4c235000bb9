"""Where a boundary comes from, in words; a plan by its day, with a link for whom it is open to."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gridmap.planning.models import Plan
from gridmap.territory.querysets import Viewer
from layers.origins import PLAN, origin_told


def source_of(source: str, user: Viewer) -> tuple[str, str]:
    """The source as a person reads it, and the address of its page (empty where there is none for this person)."""
    plan = _plan_of(source)
    if plan is None:
        return origin_told(source), ""
    seen = Plan.objects.visible_to(user).filter(pk=plan.pk).exists()
    day = timezone.localdate(plan.adopted_at or plan.created_at)
    return _("plan %(day)s") % {"day": day.isoformat()}, reverse("planning:plan", args=[plan.pk]) if seen else ""


def _plan_of(source: str) -> Plan | None:
    if not source.startswith(PLAN):
        return None
    try:
        return Plan.objects.filter(pk=UUID(source.removeprefix(PLAN))).first()
    except (ValueError, ValidationError):
        return None
