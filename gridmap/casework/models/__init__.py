"""WHAT HAPPENS: cases of the three networks, their classes, and how many lie where."""

from gridmap.casework.models.bins import Bin, BinChange
from gridmap.casework.models.cases import Case
from gridmap.casework.models.categories import Category

__all__ = ["Bin", "BinChange", "Case", "Category"]
