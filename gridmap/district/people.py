"""Sharing the figures of a community out to its buildings, exactly: what is summed again is what was given."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

MOST_HOUSEHOLDS = 600
MOST_PER_HOUSEHOLD = 7


def apportion(total: int, weights: Numbers, low: Counts, high: Counts) -> Counts:
    """Integers near ``total * weights / sum`` within ``low``..``high`` that add up to ``total``: water filling, then
    largest remainders. ValueError where no such numbers exist."""
    if not low.sum() <= total <= high.sum():
        raise ValueError(f"cannot share {total} between {low.sum()} and {high.sum()}")
    real = _filled(total, np.maximum(weights, 1e-9), low.astype(float), high.astype(float))
    shares = np.clip(np.floor(real + 1e-9), low, high).astype(np.int64)
    step = 1 if shares.sum() < total else -1
    while shares.sum() != total:
        room = (high - shares if step > 0 else shares - low) > 0
        rank = np.where(room, step * (real - shares), -np.inf)
        best = np.argsort(-rank, kind="stable")[: abs(int(total - shares.sum()))]
        best = best[room[best]]
        shares[best] += step
    return shares


def _filled(total: int, weights: Numbers, low: Numbers, high: Numbers) -> Numbers:
    bottom, top = 0.0, float((high / weights).max()) + 1.0
    for _ in range(80):
        middle = (bottom + top) / 2
        if np.clip(weights * middle, low, high).sum() < total:
            bottom = middle
        else:
            top = middle
    filled: Numbers = np.clip(weights * top, low, high)
    return filled


def share_dwellings(total: int, capacity: Numbers, single: npt.NDArray[np.bool_]) -> Counts:
    """Dwellings of every residential building: at least one each, by what its storeys could hold; ``single`` houses
    (villas) have exactly one."""
    ones = np.ones(len(capacity), dtype=np.int64)
    return apportion(total, capacity, ones, np.where(single, 1, MOST_HOUSEHOLDS).astype(np.int64))


def share_households(total: int, dwellings: Counts, rng: np.random.Generator) -> Counts:
    """Resident households: 10-35 % of the dwellings stand empty, differently from house to house."""
    occupied = rng.uniform(0.66, 0.89, len(dwellings))
    low = np.minimum(np.floor(dwellings * 0.65), MOST_HOUSEHOLDS).astype(np.int64)
    high = np.minimum(np.ceil(dwellings * 0.9), MOST_HOUSEHOLDS).astype(np.int64)
    if not low.sum() <= total <= high.sum():
        low, high = np.zeros_like(dwellings), np.minimum(dwellings, MOST_HOUSEHOLDS)
    return apportion(total, dwellings * occupied, low, high)


def share_residents(total: int, households: Counts, rng: np.random.Generator) -> Counts:
    size = rng.uniform(0.85, 1.15, len(households))
    return apportion(total, households * size, households, households * MOST_PER_HOUSEHOLD)


def share_elders(total: int, residents: Counts, leaning: Numbers, rng: np.random.Generator) -> Counts:
    """People of 60 and over; ``leaning`` says how much older than its neighbours a building's population is."""
    weights = residents * leaning * rng.uniform(0.6, 1.4, len(residents))
    return apportion(total, weights, np.zeros_like(residents), residents)
