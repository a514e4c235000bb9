"""Classes of cases: two levels, each class the duty of one network."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.roles import Network
from gridmap.casework.querysets import CategoryQuerySet


class Category(models.Model):
    """类别: what a case is about. Classes have no parent; what belongs to a class carries its network.

    Cases of a `private` category (health, minors, violence at home) are for who sees people's data where they lie.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    network = models.CharField(_("network"), max_length=20, choices=Network)
    private = models.BooleanField(_("private matter"), default=False, db_default=False)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("class above"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        db_constraint=False,  # held together with the network, see the migration of truths
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("class of cases")
        verbose_name_plural = _("classes of cases")
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z0-9][A-Z0-9-]*$"), name="category_code_is_plain"),
            models.CheckConstraint(condition=Q(network__in=Network.values), name="category_has_a_network"),
            models.UniqueConstraint(fields=["id", "network"], name="category_with_its_network"),
        ]

    def __str__(self) -> str:
        return self.name
