"""Long work a person can watch and stop: imports, drawings, exports."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.jobs.querysets import JobQuerySet


class Job(models.Model):
    """One piece of long work, from the click to its result."""

    class State(models.TextChoices):
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        SUCCEEDED = "succeeded", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    ENDED = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED})

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    area = models.CharField(_("area"), max_length=15, blank=True)
    parameters = models.JSONField(_("parameters"), default=dict)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED)
    progress = models.FloatField(_("progress"), default=0.0)
    message = models.CharField(_("message"), max_length=300, blank=True)
    detail = models.JSONField(_("what is to be seen while it runs"), default=dict)
    result = models.JSONField(_("result"), default=dict)
    keeps_best = models.BooleanField(_("what is found until a stop can be kept"), default=False)
    cancel_requested = models.BooleanField(_("cancel requested"), default=False)
    stop_requested = models.BooleanField(_("stop requested"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="jobs",
    )
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering: ClassVar = ["-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=1), name="job_progress_is_a_share"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in self.ENDED

    @property
    def cancellable(self) -> bool:
        """Whether it can still be asked to leave nothing behind."""
        return not self.has_ended and not self.cancel_requested

    @property
    def stoppable(self) -> bool:
        """Whether it can still be asked to stop with what it has."""
        return self.keeps_best and self.cancellable and not self.stop_requested


class Share(models.Model):
    """A part of a job that any worker on any machine can do; the job ends when the last of them has ended."""

    job = models.ForeignKey(Job, verbose_name=_("job"), on_delete=models.CASCADE, related_name="shares")
    number = models.PositiveIntegerField(_("number"))
    parameters = models.JSONField(_("parameters"), default=dict)
    weight = models.FloatField(_("how much of the job it is"), default=1.0)
    state = models.CharField(_("state"), max_length=12, choices=Job.State, default=Job.State.QUEUED)
    progress = models.FloatField(_("progress"), default=0.0)
    detail = models.JSONField(_("what is to be seen while it runs"), default=dict)
    result = models.JSONField(_("result"), default=dict)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("share of a job")
        verbose_name_plural = _("shares of a job")
        ordering: ClassVar = ["job", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "number"], name="share_number_once_per_job"),
            models.CheckConstraint(condition=Q(progress__gte=0, progress__lte=1), name="share_progress_is_a_share"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="share_weighs_something"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.number}"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in Job.ENDED
