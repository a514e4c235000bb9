"""Rooms above that follow the buildings: they are told which ones stand in another place now, inside the same
transaction, and answer with one statement for all of them."""

from collections.abc import Callable, Sequence

#: Keys of buildings, or None for all.
Follower = Callable[[Sequence[int] | None], object]
_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """Have `follower` told whenever buildings may lie in another grid, community or spot."""
    if follower not in _followers:
        _followers.append(follower)


def tell_followers(building_ids: Sequence[int] | None) -> None:
    """Say that these buildings (all, where None) may have moved."""
    for follower in _followers:
        follower(building_ids)
