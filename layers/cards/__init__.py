"""What is known about one thing, as a card beside the map: facts with units, findings in sentences, and its shape."""

from collections.abc import Callable

from gridmap.territory.querysets import Viewer
from layers.cards.areas import compound_card, grid_card, region_card
from layers.cards.buildings import building_card
from layers.cards.card import Card
from layers.cards.cases import case_card, duty_card
from layers.cards.points import point_card
from layers.cards.things import camera_card, component_card, facility_card, lamp_card

__all__ = ["CARDS", "Card"]

#: Type → the card of the thing with this id or code; `Model.DoesNotExist` where the viewer may not see it.
CARDS: dict[str, Callable[[str, Viewer], Card]] = {
    "region": region_card,
    "grid": grid_card,
    "compound": compound_card,
    "building": building_card,
    "camera": camera_card,
    "facility": facility_card,
    "lamp": lamp_card,
    "component": component_card,
    "case": case_card,
    "duty": duty_card,
    "point": point_card,
}
