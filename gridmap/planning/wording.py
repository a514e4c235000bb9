"""Findings and figures of a drawing in the reader's language: the pure rooms give codes, people read sentences."""

from collections.abc import Mapping
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
