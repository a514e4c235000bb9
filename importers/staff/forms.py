"""The file that an administrator brings."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 10_000_000


class ListForm(forms.Form):
    """A table of people in posts."""

    file = forms.FileField(label=_("File"))

    def clean_file(self) -> Any:
        """No larger than a list of people is."""
        upload: UploadedFile[bytes] = self.cleaned_data["file"]
        if (upload.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("A staff list has at most %(n)d MB.") % {"n": MOST_BYTES // 1_000_000})
        return upload
