"""What a model holds instead of a personal text: opened by name, inside a door, and by nothing else."""

from typing import NoReturn

from gridmap.vault import ledger
from gridmap.vault.blind import mark_of
from gridmap.vault.ciphers import Place, TamperedError, UnknownKeyError, WrongPlaceError
from gridmap.vault.keyring import keyring
from gridmap.vault.ledger import How
from gridmap.vault.masks import PLACEHOLDER, MaskKind, mask


class Sealed:
    """A personal value of one row. `mask()` and `reveal()` open it and are noted; everything else shows •••.

    It is falsy when empty, cannot be pickled or serialised, and comparing it to a text raises TypeError: silently
    unequal would be a trap.
    """

    __slots__ = ("_blob", "_column", "_kind", "_noted", "_pk", "_table", "_text", "marked")

    def __init__(
        self,
        *,
        table: str,
        column: str,
        kind: MaskKind,
        noted: bool,
        pk: object = None,
        blob: bytes = b"",
        text: str = "",
    ) -> None:
        self._table, self._column, self._kind, self._noted = table, column, kind, noted
        self._pk, self._blob, self._text = (None if pk is None else str(pk)), blob, text
        #: Whether the marks of a text just assigned were asked for, so that they can be stored with it.
        self.marked = False

    def mask(self) -> str:
        """The value as the list shows it (张*), noted as masked. OutsideDoorError."""
        return mask(self._kind, self._opened(How.MASKED)) if self else ""

    def reveal(self) -> str:
        """The whole text, noted as clear. OutsideDoorError, TamperedError, UnknownKeyError."""
        return self._opened(How.CLEAR) if self else ""

    def at(self, pk: object) -> "Sealed":
        """The same value said to be of row `pk`: for `values_list("pk", "name")`, where no model is made."""
        return self._with(pk=pk, blob=self._blob, text=self._text)

    def with_text(self, text: str) -> "Sealed":
        """A text just assigned, for this place."""
        return self._with(pk=self._pk, text=text)

    def with_blob(self, blob: bytes) -> "Sealed":
        """What the database holds, for this place."""
        return self._with(pk=self._pk, blob=blob)

    def blob(self) -> bytes:
        """What the database stores. WrongPlaceError, NoKeyError.

        A text just assigned is sealed here, and what came under a former key is sealed anew: a row that was loaded
        before a rotation and saved after it would bring the former key back.
        """
        if self._text and not self._blob:
            self._blob = keyring().seal(self._text, self._place())
        elif self._pk is not None and self._blob:
            self._blob = keyring().renewed(self._blob, self._place())
        return self._blob

    def stored(self) -> "Sealed":
        """The same value without the text that was assigned: it has to be opened from now on."""
        return self._with(pk=self._pk, blob=self.blob())

    def marked_anew(self, former: str) -> str:
        """The mark under the current key; `former` where no key opens the value."""
        try:
            return mark_of(f"{self._table}.{self._column}", keyring().open(self._blob, self._place()))
        except (TamperedError, UnknownKeyError):
            return former

    def moved_to(self, target: "Sealed") -> "Sealed":
        """This value for the place of `target`: the text is opened, and noted, unless it was just assigned."""
        return target._with(pk=target._pk, text=self._text or self.reveal())

    def belongs_to(self, table: str, column: str, pk: object) -> bool:
        """Whether this is the value of that place; of that column, as long as one of the two has no row."""
        here = (self._table, self._column) == (table, column)
        return here and (self._pk is None or pk is None or self._pk == str(pk))

    @property
    def fresh(self) -> str:
        """The text that was assigned and is not stored yet; "" for what came from the database."""
        return self._text

    @property
    def has_row(self) -> bool:
        """Whether the row is known."""
        return self._pk is not None

    def _with(self, *, pk: object, blob: bytes = b"", text: str = "") -> "Sealed":
        return Sealed(
            table=self._table, column=self._column, kind=self._kind, noted=self._noted, pk=pk, blob=blob, text=text
        )

    def _place(self) -> Place:
        if self._pk is None:
            raise WrongPlaceError(
                f"a value of {self._table}.{self._column} has no row: the primary key is to be made in Python before,"
                " and what comes from values_list() is opened with .at(pk)"
            )
        return Place(self._table, self._column, self._pk)

    def _opened(self, how: How) -> str:
        if self._noted:
            ledger.current().opened(self._table, self._column, self._pk or "", how)
        return self._text or keyring().open(self._blob, self._place())

    def __bool__(self) -> bool:
        return bool(self._text or self._blob)

    def __str__(self) -> str:
        return PLACEHOLDER if self else ""

    def __format__(self, specification: str) -> str:
        return format(str(self), specification)

    def __repr__(self) -> str:
        return f"<Sealed {self._table}.{self._column}>"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str) and other:
            raise TypeError("a sealed value is compared to a text by its mark (blind_of) or by reveal()")
        return self is other or (isinstance(other, str | bytes | None) and not other and not self)

    __hash__ = object.__hash__

    def __copy__(self) -> "Sealed":
        return self

    def __deepcopy__(self, memo: object) -> "Sealed":
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a sealed value is not pickled: cache and send identifiers, and load the row")
