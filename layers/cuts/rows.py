"""The cut of a layer that has none written for it: its rows, with what its entry says that tiles hold."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.gis.db.models.functions import Transform
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Expression, ExpressionWrapper, F, IntegerField, Model, QuerySet, TextField
from django.db.models.constants import LOOKUP_SEP

from gridmap.accounts.permissions import onlooker
from layers.cuts.cut import Cut, Cutter

if TYPE_CHECKING:
    from layers.layer import Layer

#: The column beside a shape that holds it in EPSG:3857, with an index.
STORED = "geom_3857"
#: Before the names in the rows, so that none is a column's.
OWN = "tile_"


def cutter_of(layer: "Layer") -> Cutter:
    """The rows of a layer as its entry describes them: points as they are, lines and areas straightened.

    Attributes are `id`, `n` (the label) and what fields and filters name by `tile`. A tile of zoom z is shown at z + 1.
    """

    def cut(z: int, areas: Sequence[str]) -> list[Cut]:
        if not layer.zooms[0] - 1 <= z <= layer.zooms[1]:
            return []
        with onlooker(areas) as user:
            rows = layer.rows(user, None)
            source, parameters = source_of(layer, rows)
        names = ", ".join(f's."{OWN}{name}" AS "{name}"' for name in attributes_of(layer))
        is_point = layer.shape == "point"
        return [
            Cut(
                layer.tiles.parts[0] if layer.tiles else layer.key,
                names,
                f"({source}) s WHERE s.geom_3857 IS NOT NULL",
                parameters,
                simplify=not is_point,
                smallest_pixels2=1.0 if layer.shape == "polygon" else 0.0,
                numbered=isinstance(rows.model._meta.pk, IntegerField),
            )
        ]

    return cut


def attributes_of(layer: "Layer") -> dict[str, str]:
    """Attribute → column of a layer's tiles."""
    label = next(field for field in layer.fields if field.name == layer.label)
    told = {one.tile: one.column for one in layer.fields if one.tile}
    told |= {one.tile: one.column for one in layer.filters if one.tile}
    return {"id": layer.identity, "n": label.column, **told}


def source_of(layer: "Layer", rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]]:
    """SQL and parameters of the rows: `id`, `geom_3857`, and the attributes with `OWN` before their names."""
    wanted = {"id": F("pk"), "geom_3857": _mercator(rows.model, layer.geometry)}
    wanted |= {f"{OWN}{name}": F(column) for name, column in attributes_of(layer).items()}
    # A position in the list names the column: an annotation must not be called as a column of the table is.
    columns = {f"{OWN}{number}": _plain(one) for number, one in enumerate(wanted.values())}
    sql, parameters = rows.order_by().annotate(**columns).values_list(*columns).query.sql_with_params()
    named = ", ".join(f't.{column} AS "{name}"' for column, name in zip(columns, wanted, strict=True))
    return f"SELECT {named} FROM ({sql}) t", tuple(parameters)


def _mercator(model: type[Model], path: str) -> Expression | F:
    """The stored shape in EPSG:3857 beside the column of that path, else the column transformed."""
    head, _separator, last = path.rpartition(LOOKUP_SEP)
    owner = model
    for step in head.split(LOOKUP_SEP) if head else ():
        owner = owner._meta.get_field(step).related_model  # type: ignore[assignment]
    stored = f"{head}{LOOKUP_SEP}{STORED}" if head else STORED
    return F(stored) if last == "geom" and _has_stored(owner) else Transform(path, 3857)


def _has_stored(model: type[Model]) -> bool:
    try:
        model._meta.get_field(STORED)
    except FieldDoesNotExist:
        return False
    return True


def _plain(expression: Expression | F) -> Expression:
    """As the database has it: a shape selected as a shape would be turned into bytes, which no index knows."""
    return ExpressionWrapper(expression, output_field=TextField())
