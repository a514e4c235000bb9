"""The words that things are called by, and how each is typed in letters; written by triggers alone."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Word(models.Model):
    """A name, or the part of an address before its first figure. One that nothing is called by any more stays, and
    finds nothing."""

    text = models.CharField(_("text"), max_length=200, unique=True)

    class Meta:
        verbose_name = _("word")
        verbose_name_plural = _("words")

    def __str__(self) -> str:
        return self.text


class Spelling(models.Model):
    """One way to type a word, or its end from one character on, in letters: 爱民佳苑 is `aiminjiayuan` and `amjy`,
    and from its third character `jiayuan` and `jy`."""

    word = models.ForeignKey(Word, verbose_name=_("word"), on_delete=models.CASCADE, related_name="spellings")
    place = models.PositiveSmallIntegerField(_("from which character on"))
    letters = models.CharField(_("letters"), max_length=200)
    initials = models.CharField(_("initials"), max_length=40)

    class Meta:
        verbose_name = _("spelling")
        verbose_name_plural = _("spellings")
        indexes: ClassVar = [
            models.Index(fields=["letters"], opclasses=["varchar_pattern_ops"], name="spelling_by_letters"),
            models.Index(fields=["initials"], opclasses=["varchar_pattern_ops"], name="spelling_by_initials"),
        ]

    def __str__(self) -> str:
        return self.letters
