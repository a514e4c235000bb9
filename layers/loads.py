"""How heavy a grid is against the rules: five classes around the target, as on the map's legend."""

from dataclasses import asdict, dataclass

from gridmap.territory.models import Grid, Rule

KEYS = {
    "grid_households_target": "target",
    "grid_households_min": "lowest",
    "grid_households_max": "highest",
}


@dataclass(frozen=True)
class Band:
    """Resident households that one grid should have: the target, and the band around it."""

    target: float = 300
    lowest: float = 240
    highest: float = 360

    @classmethod
    def in_force(cls) -> "Band":
        """As the rules say now."""
        values = Rule.objects.filter(key__in=KEYS).values_list("key", "value")
        return cls(**{KEYS[key]: value for key, value in values})

    def limits(self) -> list[float]:
        """The four limits between the five classes: the band, and a third of the way out from the target."""
        return [
            self.lowest,
            self.target - (self.target - self.lowest) / 3,
            self.target + (self.highest - self.target) / 3,
            self.highest,
        ]

    def load_of(self, households: int, kind: str = Grid.Kind.GENERAL) -> int:
        """-2 below the band, 2 above it, -1…1 inside; only a general grid is judged, any other is right (0)."""
        if kind != Grid.Kind.GENERAL:
            return 0
        lower, low, high, higher = self.limits()
        if households < lower:
            return -2
        if households > higher:
            return 2
        return -1 if households < low else 1 if households > high else 0

    def as_json(self) -> dict[str, float]:
        """For the page: {"target", "min", "max"}."""
        values = asdict(self)
        return {"target": values["target"], "min": values["lowest"], "max": values["highest"]}
