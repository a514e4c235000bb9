"""People: the list, one person's page, opening an account, and what is done to one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridmap.accounts.models import Post, SignedIn, User
from gridmap.accounts.places import atlas
from gridmap.accounts.second_factor import in_use
from gridmap.accounts.staff.forms import NameForm, NewPersonForm
from gridmap.accounts.staff.gate import for_administrators, person_or_404, sent
from gridmap.accounts.staff.lists import PER_PAGE, STATES, Narrowing, people_listed
from gridmap.accounts.staff.people import (
    close_sessions,
    open_account,
    rename_person,
    reset_password,
    reset_second_factor,
    switch_person,
)
from gridmap.accounts.staff.places import first_area, name_places, written
from gridmap.accounts.staff.posts import ROLES_OF_PEOPLE, is_over
from gridmap.accounts.staff.refusals import StaffRefusedError
from gridmap.accounts.staff.resets import taken_before
from gridmap.accounts.staff.scope import in_charge_of, organisations_known_to, posts_seen_by


@require_GET
@for_administrators
def listing(request: HttpRequest, by: User) -> HttpResponse:
    """Everybody with a post in the administrator's area."""
    narrowing = Narrowing.from_query(request.GET)
    page = Paginator(people_listed(by, narrowing), PER_PAGE).get_page(request.GET.get("page"))
    name_places(post for person in page for post in person.shown)  # type: ignore[attr-defined]
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "narrowing": narrowing,
        "area": written(narrowing.area, atlas().names_of([narrowing.area])) if narrowing.area else "",
        "states": STATES.items(),
        "roles": [(one.value, one.label) for one in ROLES_OF_PEOPLE],
        "organisations": organisations_known_to(by).order_by("area", "name"),
        "query": query.urlencode(),
        "today": timezone.localdate(),
    }
    return render(request, "staff/people.html", context)


@require_GET
@for_administrators
def one(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """A person: posts past, present and to come, and the account."""
    return _page(request, by, person_or_404(by, number))


def _page(
    request: HttpRequest, by: User, person: User, *, form: NameForm | None = None, code: str = "", status: int = 200
) -> HttpResponse:
    now = timezone.now()
    rows = posts_seen_by(by).filter(person=person).order_by("-starts_on", "-pk")
    posts = name_places(rows.select_related("organisation", "seconded_from", "deputy_for__person"))
    over = [post for post in posts if is_over(post, now)]
    lasting = [post for post in posts if not is_over(post, now)]
    today = timezone.localdate(now)
    context = {
        "someone": person,
        "present": [post for post in lasting if post.starts_on <= today],
        "coming": [post for post in lasting if post.starts_on > today],
        "past": over,
        "elsewhere": Post.objects.filter(person=person).not_over(today).count() - len(lasting),
        "is_self": person.pk == by.pk,
        "in_charge": in_charge_of(by, person, today=today),
        "second_factor": in_use(person),
        "taken_before": taken_before(person, by=by, at=now),
        "sessions": SignedIn.objects.open().filter(person=person).count(),
        "form": form or NameForm(by=by, initial={"name": person.name}),
        "code": code,
    }
    return render(request, "staff/person.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_administrators
def new(request: HttpRequest, by: User) -> HttpResponse:
    """Open an account with its first post; the one-time code is shown in the answer and nowhere again."""
    form = NewPersonForm(sent(request), by=by, initial={"area": first_area(by)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            opened = open_account(
                username=given["username"], name=given["name"], details=form.details(), by=by, now=timezone.now()
            )
        except StaffRefusedError as refusal:
            form.refuse(refusal)
        else:
            return _page(request, by, opened.person, code=opened.code)
    return render(request, "staff/new_person.html", {"form": form}, status=400 if form.errors else 200)


@require_POST
@for_administrators
def rename(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """Another name."""
    person = person_or_404(by, number)
    form = NameForm(request.POST, by=by)
    if not form.is_valid():
        return _page(request, by, person, form=form, status=400)
    rename_person(person=person, name=form.cleaned_data["name"], by=by, now=timezone.now())
    return redirect("staff:person", number)


@require_POST
@for_administrators
def switch(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """Switch an account off, or on again."""
    person = switch_person(
        person=person_or_404(by, number), on=request.POST.get("on") == "1", by=by, now=timezone.now()
    )
    if person.is_active:
        messages.success(request, _("%(person)s can sign in again.") % {"person": person})
    else:
        messages.success(request, _("%(person)s is switched off and signed out everywhere.") % {"person": person})
    return redirect("staff:person", number)


@require_POST
@for_administrators
def password(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """A one-time code in the place of the password, shown in the answer and nowhere again."""
    person = person_or_404(by, number)
    try:
        code = reset_password(person=person, by=by, now=timezone.now())
    except StaffRefusedError as refusal:
        messages.error(request, refusal.sentence)
        return redirect("staff:person", number)
    return _page(request, by, person_or_404(by, number), code=code)


@require_POST
@for_administrators
def second_factor(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """Take the second factor away."""
    person = person_or_404(by, number)
    try:
        reset_second_factor(person=person, by=by, now=timezone.now())
    except StaffRefusedError as refusal:
        messages.error(request, refusal.sentence)
        return redirect("staff:person", number)
    text = _("The second factor of %(person)s is gone; the next sign-in asks for a new one.")
    messages.success(request, text % {"person": person})
    return redirect("staff:person", number)


@require_POST
@for_administrators
def sessions(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """Sign a person out everywhere."""
    person = person_or_404(by, number)
    close_sessions(person=person, by=by, now=timezone.now())
    messages.success(request, _("%(person)s is signed out everywhere.") % {"person": person})
    return redirect("staff:person", number)
