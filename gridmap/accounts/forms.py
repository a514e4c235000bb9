"""Forms of signing in and of one's own account. Passwords may be pasted, and are as long as anybody likes up to 256."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridmap.accounts.models import User

if TYPE_CHECKING:
    FirstPassword = SetPasswordForm[User]
    AnotherPassword = PasswordChangeForm
else:
    FirstPassword, AnotherPassword = SetPasswordForm, PasswordChangeForm

LONGEST_PASSWORD = 256
LONGEST_CODE = 40
LONGEST_TOKEN = 128


class SignInForm(AuthenticationForm):
    """Name and password."""

    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": gettext_lazy("The user name or the password is wrong. Capital and small letters differ."),
    }

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        _limit(self, "password")


class CodeForm(forms.Form):
    """The six digits of the phone, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false", "autocapitalize": "off"}
        ),
    )


class ConfirmForm(CodeForm):
    """Who is signed in shows once more who they are; the code is asked for where there is a second factor."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ["password", "code"]

    def __init__(self, *args: Any, has_factor: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].widget.attrs.pop("autofocus")
        if not has_factor:
            del self.fields["code"]


class OwnPasswordForm(FirstPassword):
    """A password of one's own in the place of one that somebody else made up."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        _limit(self, "new_password1", "new_password2")

    def clean_new_password2(self) -> str:
        """The same twice, and not the one that somebody else knows."""
        chosen = str(self.cleaned_data.get("new_password2") or "")
        if chosen and self.user.check_password(chosen):
            raise ValidationError(_("Choose another password than the one you were given."), code="unchanged")
        return chosen


class ChangePasswordForm(AnotherPassword):
    """A new password for who knows the old one; wrong old ones count as failed sign-ins."""

    def __init__(self, user: User, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.request = request
        _limit(self, "old_password", "new_password1", "new_password2")

    def clean_old_password(self) -> str:
        """The old password, tried like at the sign-in page."""
        old = str(self.cleaned_data["old_password"])
        if authenticate(self.request, username=self.user.username, password=old) is None:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return old


def _limit(form: forms.BaseForm, *names: str) -> None:
    for name in names:
        field = form.fields[name]
        field.widget.attrs["data-password"] = ""
        if isinstance(field, forms.CharField):
            field.max_length = LONGEST_PASSWORD
            field.validators.append(_not_too_long)


def _not_too_long(value: str) -> None:
    if len(value) > LONGEST_PASSWORD:
        raise ValidationError(_("At most %(limit)d characters."), params={"limit": LONGEST_PASSWORD})


class TokenForm(forms.Form):
    """The token of a screen."""

    token = forms.CharField(
        label=gettext_lazy("Token of the screen"),
        max_length=LONGEST_TOKEN,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "autofocus": True}),
    )
