"""Posts: giving one, its page, its end, and who stands in."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridmap.accounts.models import Post, User
from gridmap.accounts.staff.forms import DeputyForm, EndForm, PostForm, SeenForm, ServiceForm, StaffForm
from gridmap.accounts.staff.gate import for_administrators, person_or_404, post_or_404, sent
from gridmap.accounts.staff.places import first_area, name_places
from gridmap.accounts.staff.posts import (
    change_end,
    change_service,
    end_post,
    give_deputy,
    give_post,
    is_over,
    let_into_special_groups,
    may_open_special_groups,
    period_of,
    version_of,
)
from gridmap.accounts.staff.refusals import StaffForbiddenError, StaffRefusedError


@require_http_methods(["GET", "POST"])
@for_administrators
def new(request: HttpRequest, by: User) -> HttpResponse:
    """Give a post to the person named in the address."""
    number = request.GET.get("person", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Http404
    person = person_or_404(by, int(number))
    if person.pk == by.pk:
        raise StaffForbiddenError("own_account")
    form = PostForm(sent(request), by=by, initial={"area": first_area(by)})
    if request.method == "POST" and form.is_valid():
        try:
            post = give_post(person=person, details=form.details(), by=by, now=timezone.now())
        except StaffRefusedError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The post is given: %(period)s.") % {"period": period_of(post)})
            return redirect("staff:person", person.pk)
    return render(request, "staff/new_post.html", {"form": form, "someone": person}, status=400 if form.errors else 200)


@require_GET
@for_administrators
def one(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """A post and what can be changed about it."""
    return _page(request, by, post_or_404(by, number))


def _page(request: HttpRequest, by: User, post: Post, *, status: int = 200, **forms: StaffForm) -> HttpResponse:
    now = timezone.now()
    seen = {"seen": version_of(post)}
    name_places([post])
    deputies = post.deputies.select_related("person").order_by("-starts_on", "-pk")
    context = {
        "post": post,
        "someone": post.person,
        "period": period_of(post),
        "over": is_over(post, now),
        "can_change": not is_over(post, now) and post.person_id != by.pk,
        "is_self": post.person_id == by.pk,
        "deputies": [(one, period_of(one), is_over(one, now)) for one in deputies],
        "can_open_special": may_open_special_groups(post),
        "seen": seen["seen"],
        "end_form": EndForm(by=by, initial=seen | {"ends_on": post.ends_on}),
        "service_form": ServiceForm(by=by, post=post, initial=seen | _service_of(post)),
        "deputy_form": DeputyForm(by=by, initial={"starts_on": max(post.starts_on, timezone.localdate(now))}),
        **forms,
    }
    return render(request, "staff/post.html", context, status=status)


def _service_of(post: Post) -> dict[str, object]:
    return {"duty": post.duty, "organisation": post.organisation_id, "seconded_from": post.seconded_from_id}


def _change(
    request: HttpRequest, by: User, number: int, *, form: StaffForm, slot: str, act: Callable[[Post], object], said: str
) -> HttpResponse:
    """Carry out what a form of the page asks for, or show the page again with the reason."""
    post = post_or_404(by, number)
    if post.person_id == by.pk:
        raise StaffForbiddenError("own_account")
    if form.is_valid():
        try:
            act(post)
        except StaffRefusedError as refusal:
            if slot == "button":
                messages.error(request, refusal.sentence)
                return redirect("staff:post", number)
            form.refuse(refusal)
        else:
            messages.success(request, said)
            return redirect("staff:post", number)
    if slot == "button":  # a hidden field that no page of ours has sent
        messages.error(request, StaffRefusedError("stale").sentence)
        return redirect("staff:post", number)
    return _page(request, by, post, status=400, **{slot: form})


@require_POST
@for_administrators
def end_on(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """Another last day."""
    form = EndForm(request.POST, by=by)

    def act(post: Post) -> None:
        given = form.cleaned_data
        change_end(post=post, ends_on=given["ends_on"], seen=given["seen"], by=by, now=timezone.now())

    return _change(request, by, number, form=form, slot="end_form", act=act, said=_("The last day is changed."))


@require_POST
@for_administrators
def end_now(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """The end, at this moment."""
    form = SeenForm(request.POST, by=by)

    def act(post: Post) -> None:
        end_post(post=post, seen=form.cleaned_data["seen"], by=by, now=timezone.now())

    return _change(request, by, number, form=form, slot="button", act=act, said=_("The post has ended."))


@require_POST
@for_administrators
def service(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """Main or assisting, the organisation, and who lent the person."""
    form = ServiceForm(request.POST, by=by, post=post_or_404(by, number))

    def act(post: Post) -> None:
        change_service(post=post, by=by, now=timezone.now(), **form.cleaned_data)

    return _change(request, by, number, form=form, slot="service_form", act=act, said=_("The post is changed."))


@require_POST
@for_administrators
def special_groups(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """Let the post into special groups, or out of them."""
    form = SeenForm(request.POST, by=by)
    allowed = request.POST.get("allowed") == "1"

    def act(post: Post) -> None:
        let_into_special_groups(post=post, allowed=allowed, seen=form.cleaned_data["seen"], by=by, now=timezone.now())

    said = _("The post opens special groups now.") if allowed else _("The post no longer opens special groups.")
    return _change(request, by, number, form=form, slot="button", act=act, said=said)


@require_POST
@for_administrators
def deputy(request: HttpRequest, by: User, number: int) -> HttpResponse:
    """Let somebody stand in."""
    form = DeputyForm(request.POST, by=by)

    def act(post: Post) -> None:
        give_deputy(post=post, by=by, now=timezone.now(), **form.cleaned_data)

    return _change(request, by, number, form=form, slot="deputy_form", act=act, said=_("The deputy is named."))
