"""Why a plan can't be drawn or adopted."""

from gridmap.jobs.services import JobRefusedError


class PlanRefusedError(JobRefusedError):
    """A plan can't be drawn or adopted as asked; the message is for the person, in their language."""


class StalePlanError(PlanRefusedError):
    """The ground has changed since the plan was drawn."""
