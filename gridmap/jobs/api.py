"""Watching and stopping one's own long work."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gridmap.jobs import services
from gridmap.jobs.answers import JobAnswer
from gridmap.jobs.models import Job


def own(request: HttpRequest | Request, key: UUID) -> Job:
    """The job, if the person started it; Http404 otherwise."""
    return get_object_or_404(Job.objects.visible_to(request.user), pk=key)


class JobView(APIView):
    """How far one job is."""

    @extend_schema(responses={200: JobAnswer})
    def get(self, request: Request, key: UUID) -> Response:
        """State, progress, message, and the result once there is one."""
        return Response(JobAnswer(own(request, key)).data)


class CancelView(APIView):
    """Asking to leave nothing behind."""

    @extend_schema(request=None, responses={200: JobAnswer})
    def post(self, request: Request, key: UUID) -> Response:
        """The job afterwards; a job that has ended stays as it is."""
        job = own(request, key)
        services.cancel(job)
        job.refresh_from_db()
        return Response(JobAnswer(job).data)


class StopView(APIView):
    """Asking to stop with what there is."""

    @extend_schema(request=None, responses={200: JobAnswer})
    def post(self, request: Request, key: UUID) -> Response:
        """The job afterwards; one that has ended, or has nothing to keep, stays as it is."""
        job = own(request, key)
        services.stop(job)
        job.refresh_from_db()
        return Response(JobAnswer(job).data)
