"""How many cases lie in which square of an overview tile: kept as cases change, so that nobody counts a million."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

#: Counts of open and closed cases per network, of urgent ones (open), and of overdue ones.
COUNTS = (
    "social_open",
    "social_closed",
    "city_open",
    "city_closed",
    "governance_open",
    "governance_closed",
    "urgent",
    "overdue",
)
#: Where the open cases are, added up: from the west and the north, in units of 1 / 2^PLACE_BITS of the world's side.
#: These are the same at every zoom, so they add up as counts do; divided by the open cases they are the middle of them.
PLACES = ("open_x", "open_y")
PLACE_BITS = 26
#: All that is kept of a square.
KEPT = COUNTS + PLACES
#: The nearest tiles that show squares; those one zoom nearer show each case.
NEAREST = 14
#: A tile is divided into SIDE × SIDE squares, numbered from north-west in rows.
SIDE = 16


class Counted(models.Model):
    """Cases of one community (12 digits; empty outside of all) in one square, or by how many they have changed."""

    area = models.CharField(max_length=12, blank=True, db_collation="C")
    social_open = models.IntegerField(default=0)
    social_closed = models.IntegerField(default=0)
    city_open = models.IntegerField(default=0)
    city_closed = models.IntegerField(default=0)
    governance_open = models.IntegerField(default=0)
    governance_closed = models.IntegerField(default=0)
    urgent = models.IntegerField(default=0)
    overdue = models.IntegerField(default=0)
    open_x = models.BigIntegerField(default=0)
    open_y = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class Bin(Counted):
    """Cases in square `cell` of tile z/x/y, as of the last folding."""

    pk = models.CompositePrimaryKey("z", "x", "y", "cell", "area")
    z = models.SmallIntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    cell = models.SmallIntegerField()

    class Meta:
        verbose_name = "bin"
        verbose_name_plural = "bins"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(z__gte=0, z__lte=NEAREST, cell__gte=0, cell__lt=SIDE * SIDE), name="bin_is_in_its_tile"
            ),
            models.CheckConstraint(
                condition=Q(**{f"{name}__gte": 0 for name in COUNTS}), name="bin_counts_are_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(**{f"{name}__gte": 0 for name in PLACES}), name="bin_places_are_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.z}/{self.x}/{self.y} {self.cell} {self.area}"


class BinChange(Counted):
    """What a statement has changed, not folded into the bins yet: `x` and `y` count squares of the nearest zoom from
    north-west. Writers only add rows here, so none waits for another; readers add these to the bins."""

    x = models.IntegerField()
    y = models.IntegerField()

    class Meta:
        verbose_name = "change of bins"
        verbose_name_plural = "changes of bins"

    def __str__(self) -> str:
        return f"{self.x} {self.y} {self.area}"
