"""The shape of a job as the API gives it."""

from typing import Any

from rest_framework import serializers

from gridmap.jobs.models import Job


class JobAnswer(serializers.ModelSerializer[Job]):
    """One piece of long work, for a progress bar."""

    stateLabel = serializers.CharField(source="get_state_display", read_only=True)
    createdAt = serializers.DateTimeField(source="created_at", read_only=True)
    finishedAt = serializers.DateTimeField(source="finished_at", read_only=True, allow_null=True)
    cancellable = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields: Any = [
            "id",
            "kind",
            "title",
            "state",
            "stateLabel",
            "progress",
            "message",
            "result",
            "createdAt",
            "finishedAt",
            "cancellable",
        ]
        read_only_fields: Any = fields

    def get_cancellable(self, job: Job) -> bool:
        """Whether a stop can still be asked for."""
        return not job.has_ended and not job.cancel_requested
