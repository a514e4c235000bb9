"""What an administrator fills in for a screen."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gridmap.accounts.staff.forms import StaffForm, area_field


class ScreenForm(StaffForm):
    """Where it hangs, and what it shows."""

    name = forms.CharField(label=_("Where it hangs"), max_length=80)
    area = area_field(_("Area that it shows"))

    def clean_area(self) -> str:
        """A code prefix inside the administrator's area."""
        return self._read_area()
