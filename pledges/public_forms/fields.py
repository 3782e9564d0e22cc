"""What the forms are made of: fields that clean by given rules, and the form that anybody may send."""

from collections.abc import Callable
from math import ceil
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pledges.inputs.address_suggestions import meant
from pledges.inputs.email_address import Mailbox, mailbox
from pledges.inputs.tidy import tidy


class TidyField(forms.CharField):
    """Text without the spaces and invisible marks around it; nothing but those counts as empty."""

    def to_python(self, value: Any) -> Any:
        return tidy(super().to_python(value) or "") or self.empty_value


class CleanField(TidyField):
    """Tidied text that goes through one function, which gives its clean value or raises ValidationError."""

    def __init__(self, clean_text: Callable[[str], Any], **kwargs: Any) -> None:
        self.clean_text = clean_text
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return self.clean_text(text) if text else text


class Honeypot(forms.CharField):
    """A field that people leave empty and machines fill in. Whatever stands in it is no error.

    No browser offers to fill in what is called so, and a person who meets it is told what it is.
    """

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> bool:
        """Whether somebody filled it in."""
        return bool(value and value.strip())


class YesOrNo(forms.TypedChoiceField):
    """Two answers, neither chosen beforehand; the clean value is whether it was yes."""

    def __init__(self, *, yes: Any, no: Any, missing: Any, **kwargs: Any) -> None:
        self.no = no
        super().__init__(
            choices=[("yes", yes), ("no", no)],
            coerce=lambda choice: choice == "yes",
            widget=forms.RadioSelect,
            error_messages={"required": missing, "invalid_choice": missing},
            **kwargs,
        )

    def say_yes(self, sentence: str) -> None:
        """Uses the sentence of the pledge text instead of “Yes”."""
        self.choices = [("yes", sentence), ("no", self.no)]


class PublicForm(forms.Form):
    """A form that anybody may send, though not too often."""

    wait = 0  # seconds until its client may send it again

    @property
    def keeps_more(self) -> bool:
        """Whether anything was written or chosen beside what must be mended."""
        return any(field.data for field in self.visible_fields() if not field.errors)

    def put_off(self, seconds: int) -> None:
        self.wait = seconds
        minutes = ceil(seconds / 60)
        self.add_error(
            None,
            ngettext(
                "We can’t take this form now. Please send it again in %(minutes)s minute.",
                "We can’t take this form now. Please send it again in %(minutes)s minutes.",
                minutes,
            )
            % {"minutes": minutes},
        )


class AddressForm(PublicForm):
    """A form whose field `email` asks back where the mail domain has a common slip: “Did you mean …?”

    Two buttons send the form again with their answer (see partials/error_summary.html). Each bears the address that
    it is about, so that one typed since is judged anew.
    """

    suggestion = ""  # the address that was probably meant, as long as nobody has answered
    typed_address = ""  # the one that was typed
    kept_address = ""  # the one typed and confirmed to be right

    def clean_email(self) -> Mailbox:
        found: Mailbox = self.cleaned_data["email"]
        suggestion = meant(found.address)
        if not suggestion:
            return found
        if self.data.get("email_meant") == suggestion:
            self.data = {name: self.data.get(name) for name in self.data} | {"email": suggestion}
            return mailbox(suggestion)
        if self.data.get("email_as_typed") == found.address:
            self.kept_address = found.address
            return found
        self.suggestion, self.typed_address = suggestion, found.address
        raise forms.ValidationError(_("Did you mean %(address)s?") % {"address": suggestion})
