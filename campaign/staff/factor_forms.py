"""The forms in which staff prove who they are: password, code of an app, recovery code, passkey."""

from typing import Any
from unicodedata import normalize

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.utils.translation import gettext_lazy as _

from pledges.admin_base.plain_text import one_line
from pledges.public_forms.fields import TidyField, own_copy

PASSKEY_NAME = 64  # characters, as the library's column


class SignInForm(AdminAuthenticationForm):
    error_messages = {
        **AdminAuthenticationForm.error_messages,
        "invalid_login": _("Email address or password is not right. In the password, upper and lower case count."),
    }


class PasskeyField(forms.CharField):
    """The browser's answer as JSON; static/js/passkey.js fills this field in."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)


class NewAppForm(forms.Form):
    code = TidyField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "autofocus": True, "size": "12"}),
        error_messages={"required": _("Type the code that your app shows now.")},
    )

    def clean_code(self) -> str:
        return normalize("NFKC", self.cleaned_data["code"])


class CodeForm(NewAppForm):
    """A code or a passkey."""

    wrong = _("That is not right, or was used already. Wait for the next code.")
    wrong_passkey = _("That passkey is not one of yours, or took too long. Try again, or type a code.")
    passkey = PasskeyField()

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        code = self.fields["code"] = own_copy(self.fields["code"])
        code.required = not self.data.get("passkey")


class PasswordForm(forms.Form):
    wrong = _("That is not your password.")
    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput({"autocomplete": "current-password", "autofocus": True})
    )


class AgainForm(CodeForm, PasswordForm):
    """Asks for password and factor once more. The error does not say which of the two is wrong."""

    wrong_passkey = wrong = CodeForm.wrong
    field_order = ("password", "code")

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.fields["code"].widget.attrs.pop("autofocus", None)  # one field of a page has it, the first


class PasskeyNameForm(forms.Form):
    name = TidyField(
        label=_("Name"),
        max_length=PASSKEY_NAME,
        validators=[one_line],
        error_messages={"required": _("Give it a name by which you recognise it.")},
    )


class NewPasskeyForm(PasskeyNameForm):
    passkey = PasskeyField()
