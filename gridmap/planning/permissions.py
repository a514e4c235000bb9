"""Who may draw and who may adopt."""

from django.contrib.auth.models import AnonymousUser

from gridmap.accounts.models import User
from gridmap.accounts.permissions import may
from gridmap.accounts.roles import Verb
from gridmap.planning.models import Plan
from gridmap.territory.models import Region


def may_draw(user: User | AnonymousUser, region: Region) -> bool:
    """Whether `user` may draw drafts for this community (or all communities of this region)."""
    return may(user, Verb.DRAW_GRIDS, region.code)


def may_adopt(user: User | AnonymousUser, plan: Plan) -> bool:
    """Whether `user` may put this plan in force."""
    return may(user, Verb.ADOPT_PLAN, plan.community.code)
