"""Model fields for what is personal: `SealedField` stores it sealed, `BlindField` its mark for exact search.

    class Resident(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
        name = SealedField(_("name"), mask=MaskKind.NAME, max_length=60)
        id_number = SealedField(_("ID number"), mask=MaskKind.ID_NUMBER, blank=True)
        id_number_blind = BlindField(source="id_number", kind=BlindKind.ID_NUMBER)

The primary key is made in Python and declared first: what is sealed is bound to it.
"""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from django import forms
from django.core import checks
from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.db.models.expressions import Col
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _

from gridmap.vault.blind import KINDS, BlindKind, current_prefix, mark_of
from gridmap.vault.masks import PLACEHOLDER, MaskKind, looks_masked
from gridmap.vault.sealed import Sealed

_Set_contra = TypeVar("_Set_contra", contravariant=True)
_Get_co = TypeVar("_Get_co", covariant=True)

if TYPE_CHECKING:
    from django.db.models import BinaryField, CharField
else:

    class _Subscriptable:
        """Type checkers see Django's fields as generic; at run time they are not."""

        def __class_getitem__(cls, _types: object) -> type:
            return cls

    class BinaryField(_Subscriptable, models.BinaryField):
        """`BinaryField[…]`."""

    class CharField(_Subscriptable, models.CharField):
        """`CharField[…]`."""


class MaskedValueError(ValidationError):
    """A value that was masked before it came here was to be stored as data."""

    def __init__(self) -> None:
        super().__init__(_("This is a masked value, not the value itself."), code="masked")


class SealedAttribute(DeferredAttribute):
    """The attribute of an instance: takes text, gives `Sealed` bound to the row of the instance."""

    field: "SealedField[Any, Any]"

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        value: Sealed = super().__get__(instance, cls)
        placed = self.field.placed(value, instance)
        if placed is not value:
            instance.__dict__[self.field.attname] = placed
        return placed

    def __set__(self, instance: models.Model, value: "str | bytes | Sealed | None") -> None:
        instance.__dict__[self.field.attname] = self.field.sealed(value, instance)


class SealedField(BinaryField[_Set_contra, _Get_co]):
    """A text stored sealed and bound to its table, column and row.

    `mask` is the kind of value, `max_length` counts characters. `noted=False` is for secrets of the platform itself,
    which no person's trace has to tell of: they open without a door.
    """

    _pyi_private_set_type: "str | Sealed | None"
    _pyi_private_get_type: Sealed  # type: ignore[assignment]  # the attribute is not what the column holds
    descriptor_class = SealedAttribute

    def __init__(self, *args: Any, mask: MaskKind | str, noted: bool = True, **kwargs: Any) -> None:
        self.mask, self.noted = MaskKind(mask), noted
        self.max_characters: int | None = kwargs.pop("max_length", None)
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        if not self.editable:
            kwargs["editable"] = False
        kwargs["mask"] = self.mask.value
        if not self.noted:
            kwargs["noted"] = False
        if self.max_characters is not None:
            kwargs["max_length"] = self.max_characters
        return name, path, args, kwargs

    def empty(self, instance: models.Model | None = None) -> Sealed:
        """An empty value of this column, of the row of `instance` where that has one."""
        table = self.model._meta.db_table
        pk = None if instance is None else _pk_of(instance)
        return Sealed(table=table, column=str(self.column), kind=self.mask, noted=self.noted, pk=pk)

    def sealed(self, value: "str | bytes | Sealed | None", instance: models.Model) -> Sealed:
        """What the attribute holds after `value` was assigned. MaskedValueError, TypeError."""
        if isinstance(value, Sealed):
            return self.placed(value, instance)
        if not value:
            return self.empty(instance)
        if not isinstance(value, str):
            raise TypeError(f"{self} takes text, not {type(value).__name__}")
        if looks_masked(value, self.mask):
            raise MaskedValueError
        return self.empty(instance).with_text(value)

    def placed(self, value: Sealed, instance: models.Model) -> Sealed:
        """`value` for the row of `instance`; one that was sealed for another place is opened for it, in a door only."""
        pk = _pk_of(instance)
        if not value.belongs_to(self.model._meta.db_table, str(self.column), pk):
            moved = value.moved_to(self.empty(instance))
            if looks_masked(moved.fresh, self.mask):
                raise MaskedValueError
            return moved
        return value if value.has_row or pk is None else value.at(pk)

    @cached_property
    def blinds(self) -> list[str]:
        """Names of the fields that hold marks of this one."""
        fields = self.model._meta.concrete_fields
        return [one.attname for one in fields if isinstance(one, BlindField) and one.source == self.name]

    def pre_save(self, model_instance: models.Model, add: bool) -> Sealed:
        value: Sealed = getattr(model_instance, self.attname)
        for name in self.blinds:
            former = model_instance.__dict__.get(name)
            if value.fresh:
                model_instance.__dict__[name] = getattr(model_instance, name)
            elif former and not former.startswith(current_prefix()):  # loaded before a rotation, saved after it
                model_instance.__dict__[name] = value.marked_anew(former)
        model_instance.__dict__[self.attname] = stored = value.stored()
        return stored

    def get_prep_value(self, value: Any) -> bytes | None:
        if isinstance(value, Sealed):
            self._refuse_without_marks(value)
            return value.blob() or self._nothing()
        if not value:
            return self._nothing()
        raise FieldError(
            f"{self} is sealed: assign it on an instance and save that; find it through its BlindField (blind_of)"
        )

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> Any:
        if isinstance(value, Col):
            raise FieldError(f"{self} takes no value of another column: what is sealed does not open there")
        return super().get_placeholder(value, compiler, connection)  # type: ignore[misc]  # the stubs do not know it

    def _nothing(self) -> bytes | None:
        return None if self.null else b""

    def _refuse_without_marks(self, value: Sealed) -> None:
        """Only bulk_update brings a fresh text here; it must name the marks too, or searches would miss the row."""
        if value.fresh and not value.marked and (names := self.blinds):
            raise FieldError(f"bulk_update of {self} also has to name {', '.join(names)}")

    def from_db_value(self, value: Any, expression: object, connection: object) -> Sealed:
        return self.empty().with_blob(bytes(value or b""))

    def to_python(self, value: Any) -> Any:
        return value

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        if not value and not self.blank:
            raise ValidationError(self.error_messages["blank"], code="blank")
        text = value.fresh if isinstance(value, Sealed) else str(value or "")
        if self.max_characters is not None and len(text) > self.max_characters:
            raise ValidationError(
                _("At most %(limit)d characters."), code="max_length", params={"limit": self.max_characters}
            )

    def run_validators(self, value: Any) -> None:
        """Validators of texts have nothing to look at in a sealed value."""

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name in {"exact", "isnull"}:
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self} is sealed and knows no lookup “{lookup_name}”; find it through its BlindField")

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self} is sealed and knows no “{lookup_name}”; find it through its BlindField")

    def value_to_string(self, obj: models.Model) -> NoReturn:
        raise TypeError(f"{self} is sealed and never serialised")

    def formfield(self, **kwargs: Any) -> Any:
        defaults = {"form_class": SealedFormField, "mask": self.mask, "max_length": self.max_characters}
        return super().formfield(**{**defaults, **kwargs})

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        if data != PLACEHOLDER:
            super().save_form_data(instance, data)

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_key()]

    def _check_key(self) -> list[checks.CheckMessage]:
        meta = self.model._meta
        if isinstance(meta.pk, models.AutoField):
            hint = "Declare a UUIDField(primary_key=True, default=uuid4) before it."
            return [checks.Error("A sealed field needs a primary key made in Python.", hint, self, "vault.E001")]
        order = [one.name for one in meta.concrete_fields]
        if meta.pk is None or order.index(meta.pk.name) > order.index(self.name):
            return [checks.Error("The primary key stands behind a sealed field.", None, self, "vault.E002")]
        return []


class SealedFormField(forms.CharField):
    """A text box for a sealed value: shows ••• where one is stored, and ••• sent back leaves it as it is."""

    def __init__(self, *, mask: MaskKind = MaskKind.NAME, **kwargs: Any) -> None:
        self.mask = mask
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Sealed) else value

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if text != PLACEHOLDER and looks_masked(text, self.mask):
            raise MaskedValueError
        return text

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((data or "") != self.prepare_value(initial or ""))


class BlindAttribute(DeferredAttribute):
    """The mark of the sealed attribute beside it, also of a text that is not saved yet."""

    field: "BlindField[Any, Any]"

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        value: Sealed | None = instance.__dict__.get(self.field.source)
        if value is not None and value.fresh:
            value.marked = True
            return mark_of(self.field.marked, value.fresh)
        if value is not None and not value:
            return ""
        return super().__get__(instance, cls)

    def __set__(self, instance: models.Model, value: str | None) -> None:
        instance.__dict__[self.field.attname] = value or ""


class BlindField(CharField[_Set_contra, _Get_co]):
    """The mark of `source`, a SealedField of the same model, for `…_blind__in=blind_of("table.column", text)`.

    Filled by itself whenever `source` is saved; `kind` says how spellings are made equal.
    """

    descriptor_class = BlindAttribute
    _MARK = re.compile(r"[am][0-9]{1,3}\.[A-Za-z0-9_-]{22}", re.ASCII)

    def __init__(self, *args: Any, source: str, kind: BlindKind | str, **kwargs: Any) -> None:
        self.source, self.kind = source, BlindKind(kind)
        kwargs.update(max_length=32, blank=True, default="", editable=False, db_collation="C")
        self.indexed = bool(kwargs.setdefault("db_index", True))
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "blank", "default", "editable", "db_collation", "db_index"):
            kwargs.pop(fixed, None)
        if not self.indexed:
            kwargs["db_index"] = False
        return name, path, args, {**kwargs, "source": self.source, "kind": self.kind.value}

    @property
    def marked(self) -> str:
        """ "table.column" of the sealed field."""
        source = next(one for one in self.model._meta.concrete_fields if one.name == self.source)
        return f"{self.model._meta.db_table}.{source.column}"

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract:
            models.signals.class_prepared.connect(self._prepared, sender=cls)
            models.signals.pre_save.connect(self._refuse_half, sender=cls)

    def _prepared(self, sender: type[models.Model], **_rest: object) -> None:
        if any(one.name == self.source for one in sender._meta.concrete_fields):  # else check() says so
            KINDS[self.marked] = self.kind

    def _refuse_half(
        self, sender: type[models.Model], instance: models.Model, update_fields: frozenset[str] | None, **_rest: object
    ) -> None:
        """A save of the sealed field alone would leave the mark of the former text."""
        value = instance.__dict__.get(self.source)
        changed = isinstance(value, Sealed) and (value.fresh or not value)
        if changed and update_fields and self.source in update_fields and self.name not in update_fields:
            raise FieldError(f"save(update_fields=…) of {self.source} also has to name {self.name}")

    def db_type(self, connection: Any) -> str:
        """Spelt out, because Django adds a second index for LIKE to what it knows as varchar."""
        return "character varying(32)"

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return getattr(model_instance, self.attname)

    def get_prep_value(self, value: Any) -> Any:
        if value and not (isinstance(value, str) and self._MARK.fullmatch(value)):
            raise FieldError(f"{self} holds marks: search it with blind_of(), never with the text")
        return value or ""

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = [one for one in self.model._meta.concrete_fields if one.name == self.source]
        if found and isinstance(found[0], SealedField):
            return super().check(**kwargs)
        return [checks.Error("The source of a BlindField is a SealedField of its model.", None, self, "vault.E003")]


def _pk_of(instance: models.Model) -> object:
    """The primary key in the one spelling that stands in the seal."""
    pk, field = instance.pk, instance._meta.pk
    return pk if pk is None or not isinstance(pk, str) or field is None else field.to_python(pk)
