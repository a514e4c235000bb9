"""Staff lists: bring one, see what every row would do, apply all of it at once, print the codes of the new people."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridmap.accounts.models import User
from gridmap.accounts.staff.gate import for_administrators, sent
from gridmap.accounts.staff.models import StaffList
from gridmap.accounts.staff.refusals import StaffRefusedError, sentence_of
from gridmap.accounts.staff.roster import Action, Outcome
from gridmap.accounts.staff.spellings import COLUMNS
from gridmap.accounts.staff.stafflists import apply_list, keep_list, outcomes_of, rehearse_again
from importers.records import RefusedError
from importers.sentences import refusal_sentence
from importers.staff.forms import ListForm
from importers.staff.reading import MOST_ROWS, read_upload
from importers.staff.words import ACTIONS, FIELDS

ROWS_PER_PAGE = 100


@require_http_methods(["GET", "POST"])
@for_administrators
def start(request: HttpRequest, by: User) -> HttpResponse:
    """The upload form, the columns that are known, and the administrator's own lists."""
    form = ListForm(sent(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            columns, rows = read_upload(upload.name, upload.chunks())
        except RefusedError as refusal:
            form.add_error("file", refusal_sentence(refusal))
        else:
            kept = keep_list(file_name=upload.name, columns=columns, rows=rows, by=by, now=timezone.now())
            return redirect("staff_lists:list", kept.pk)
    context = {
        "form": form,
        "lists": StaffList.objects.filter(created_by=by)[:20],
        "columns": [(FIELDS[name], words) for name, words in COLUMNS.items()],
        "most": MOST_ROWS,
    }
    return render(request, "staff/lists.html", context, status=400 if form.errors else 200)


@require_GET
@for_administrators
def show(request: HttpRequest, by: User, number: UUID) -> HttpResponse:
    """What every row would do, or did."""
    kept = _mine(by, number)
    outcomes = outcomes_of(kept)
    counts = {action: sum(one.action == action for one in outcomes) for action in Action}
    wanted = request.GET.get("action", "")
    first = next((action for action in (Action.REFUSED, *Action) if counts[action]), Action.UNCHANGED)
    action = Action(wanted) if wanted in counts else first
    page = Paginator([one for one in outcomes if one.action == action], ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "list": kept,
        "columns": [(FIELDS[name], kept.columns[name]) for name in COLUMNS if name in kept.columns],
        "labels": [(one.value, ACTIONS[one], counts[one]) for one in Action],
        "action": action.value,
        "page": page,
        "rows": [(one, _reasons(one), _changes(one)) for one in page],
        "can_apply": kept.applied_at is None and any(counts[one] for one in Action if one not in _IDLE),
    }
    return render(request, "staff/list.html", context)


_IDLE = (Action.UNCHANGED, Action.REFUSED)


def _reasons(outcome: Outcome) -> list[tuple[str, str]]:
    """Field and sentence of each."""
    return [(str(FIELDS.get(name, "")), sentence_of(code, params)) for name, code, params in outcome.reasons]


def _changes(outcome: Outcome) -> list[tuple[str, str, str]]:
    """Field, before, after."""
    return [(str(FIELDS[name]), before, after) for name, before, after in outcome.changes]


@require_POST
@for_administrators
def put_in(request: HttpRequest, by: User, number: UUID) -> HttpResponse:
    """Apply a list; the answer alone shows the codes of the new people."""
    kept = _mine(by, number)
    if kept.applied_at is not None:
        return redirect("staff_lists:list", number)
    now = timezone.now()
    try:
        slips = apply_list(kept=kept, seen=request.POST.get("seen", ""), by=by, now=now)
    except StaffRefusedError:
        rehearse_again(kept, by=by, now=now)
        messages.error(request, _("What the rows do has changed since you looked. Look again and apply once more."))
        return redirect("staff_lists:list", number)
    if not slips:
        messages.success(request, _("The list is applied."))
        return redirect("staff_lists:list", number)
    return render(request, "staff/slips.html", {"slips": slips, "list": kept})


@require_POST
@for_administrators
def throw_away(request: HttpRequest, by: User, number: UUID) -> HttpResponse:
    """Forget a list that was not applied."""
    kept = _mine(by, number)
    if kept.applied_at is None:
        kept.delete()
        messages.success(request, _("The list is thrown away; nothing of it was written."))
    return redirect("staff_lists:start")


def _mine(by: User, number: UUID) -> StaffList:
    return get_object_or_404(StaffList, pk=number, created_by=by)
