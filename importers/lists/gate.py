"""Who passes to a list of people: who brought it, as long as they may."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from gridmap.accounts.models import User
from gridmap.accounts.permissions import may
from gridmap.accounts.roles import Verb
from importers.models import ImportRun
from importers.services import let_go


def importer(request: HttpRequest) -> User:
    """The person who asks; Http404 for nobody."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def own_list(request: HttpRequest, run_id: UUID) -> ImportRun:
    """A list that the person brought, into an area where they may still bring one; Http404 otherwise."""
    person = importer(request)
    run = get_object_or_404(ImportRun.objects.lists_of(person).select_related("job", "created_by"), pk=run_id)
    if not may(person, Verb.IMPORT_PEOPLE, run.area):
        raise Http404
    let_go(run)
    return run
