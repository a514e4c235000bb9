"""部件: manhole covers, hydrants, benches, trees – what a city counts and somebody is responsible for."""

from typing import ClassVar

from django.contrib.gis.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.territory.columns import mercator
from gridmap.territory.models.tended import Tended
from gridmap.territory.querysets import GroundQuerySet


class ComponentClass(models.Model):
    """One sub-class (小类) of a class (大类): the four digits in the middle of a component's code. Rows are data: a
    city adds its own, numbered from 99 downwards."""

    class Major(models.TextChoices):
        UTILITIES = "01", _("public utilities")
        TRAFFIC = "02", _("traffic facilities")
        APPEARANCE = "03", _("city appearance and environment")
        GREENERY = "04", _("landscape and greenery")
        OTHER = "05", _("other components")

    code = models.CharField(_("code of the class"), max_length=4, primary_key=True)
    name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("class of components")
        verbose_name_plural = _("classes of components")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex="^0[1-5][0-9]{2}$"), name="component_class_has_four_digits")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def major(self) -> str:
        """The first two digits in words."""
        return str(ComponentClass.Major(self.code[:2]).label)


class Component(Tended):
    """部件. Its code (部件标识码) has 16 digits: county 6, class 2, sub-class 2, number 6; never given twice."""

    class State(models.TextChoices):
        INTACT = "intact", _("intact")
        DAMAGED = "damaged", _("damaged")
        LOST = "lost", _("lost")
        OCCUPIED = "occupied", _("occupied")

    class Accuracy(models.TextChoices):
        A = "A", _("A: within 0.5 m")
        B = "B", _("B: within 1 m")
        C = "C", _("C: within 10 m")

    code = models.CharField(_("component code"), max_length=16, unique=True)
    category = models.ForeignKey(
        ComponentClass, verbose_name=_("class"), on_delete=models.PROTECT, related_name="components"
    )
    name = models.CharField(_("name"), max_length=120, default="", db_default="", blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.INTACT, db_default=State.INTACT)
    manager = models.CharField(_("responsible department"), max_length=120, default="", db_default="", blank=True)
    owner = models.CharField(_("owner"), max_length=120, default="", db_default="", blank=True)
    keeper = models.CharField(_("maintained by"), max_length=120, default="", db_default="", blank=True)
    keeper_phone = models.CharField(_("phone of maintenance"), max_length=60, default="", db_default="", blank=True)
    accuracy = models.CharField(_("accuracy"), max_length=1, choices=Accuracy, default="", db_default="", blank=True)
    surveyed_on = models.DateField(_("surveyed on"), null=True, blank=True)
    geom = models.GeometryField(_("shape"), srid=4326)
    geom_3857 = mercator()

    objects = GroundQuerySet.as_manager()

    class Meta(Tended.Meta):
        verbose_name = _("component")
        verbose_name_plural = _("components")
        indexes: ClassVar = [models.Index(fields=["state"], name="component_by_state")]
        constraints: ClassVar = [
            *Tended.Meta.constraints,
            models.CheckConstraint(condition=Q(geom__isvalid=True), name="component_shape_is_valid"),
            models.CheckConstraint(condition=Q(code__regex="^[0-9]{16}$"), name="component_code_has_sixteen_digits"),
            models.CheckConstraint(condition=Q(accuracy__in=["", "A", "B", "C"]), name="component_accuracy_is_a_class"),
            models.CheckConstraint(
                condition=Q(state__in=["intact", "damaged", "lost", "occupied"]), name="component_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.code
