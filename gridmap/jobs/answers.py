"""The shape of a job as the API gives it."""

from typing import Any

from rest_framework import serializers

from gridmap.jobs.models import Job


class JobAnswer(serializers.ModelSerializer[Job]):
    """One piece of long work, for a progress bar."""

    stateLabel = serializers.CharField(source="get_state_display", read_only=True)
    createdAt = serializers.DateTimeField(source="created_at", read_only=True)
    finishedAt = serializers.DateTimeField(source="finished_at", read_only=True, allow_null=True)
    cancellable = serializers.BooleanField(read_only=True)
    stoppable = serializers.BooleanField(read_only=True)

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
            "detail",
            "result",
            "createdAt",
            "finishedAt",
            "cancellable",
            "stoppable",
        ]
        read_only_fields: Any = fields
