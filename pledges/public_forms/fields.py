"""Form fields that validate what visitors type, and the base classes of the forms on public pages."""

import copy
from collections.abc import Callable
from functools import lru_cache
from math import ceil
from typing import Any, Self
from unicodedata import normalize

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from pledges.inputs.address_suggestions import suggested_address
from pledges.inputs.email_address import Mailbox, mailbox
from pledges.inputs.tidy import tidy


class Shared:
    """A field that all instances of a form class share. Django copies each field and its widget for every instance.

    Copying took a quarter of the time to accept a signature. A form that changes a field, such as its label, must first
    make its own copy: `self.own(name)`.
    """

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


def own_copy(field: Any) -> Any:
    """Returns a copy of a field with its own widget, which can be changed without changing other forms."""
    copied = copy.copy(field)
    copied.widget = copy.deepcopy(field.widget)
    return copied


class TidyField(Shared, forms.CharField):
    """Text without the spaces and invisible characters around it; if there is nothing else, the field is empty.

    Its lines end in LF: browsers send CRLF, which would make each text that is saved again a changed one.
    """

    def to_python(self, value: Any) -> Any:
        text = (super().to_python(value) or "").replace("\r\n", "\n")
        return tidy(text) or self.empty_value


class SearchField(TidyField):
    """What to search for, in Unicode normal form NFKC."""

    def __init__(self, *, label: Any, longest: int, **kwargs: Any) -> None:
        too_long = _lazy("That is too long to search for: %(limit_value)d characters at most.")
        super().__init__(label=label, max_length=longest, error_messages={"max_length": too_long}, **kwargs)

    def clean(self, value: Any) -> str:
        return normalize("NFKC", super().clean(value))


class CleanField(TidyField):
    """Tidied text that a function validates: it returns the clean value or raises ValidationError."""

    def __init__(self, clean_text: Callable[[str], Any], **kwargs: Any) -> None:
        self.clean_text = clean_text
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return self.clean_text(text) if text else text


class TickedField(CleanField):
    """Text that is required if the checkbox before it is ticked, and ignored otherwise: its label does not say
    "optional".
    """

    goes_with_a_tick = True


class Tick(Shared, forms.BooleanField):
    """A checkbox."""


class Choice(Shared, forms.ChoiceField):
    """One of several choices that are the same for every form."""


class Honeypot(Shared, forms.CharField):
    """A hidden field that people leave empty and programs fill in; any text in it is accepted without an error.

    No browser fills in a field of this name, and its label tells a person who does find it to leave it empty.
    """

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"})
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> bool:
        """Returns whether there was text in it."""
        return bool(value and value.strip())


class YesOrNo(Shared, forms.TypedChoiceField):
    """Yes or no, neither preselected; the clean value is a bool."""

    def __init__(self, *, yes: Any, no: Any, missing: Any, **kwargs: Any) -> None:
        self.no = no
        super().__init__(
            choices=[("yes", yes), ("no", no)],
            coerce=lambda choice: choice == "yes",
            widget=forms.RadioSelect,
            error_messages={"required": missing, "invalid_choice": missing},
            **kwargs,
        )

    @lru_cache(maxsize=8)  # noqa: B019 - a field of a form's class, of which there are few
    def saying_yes(self, sentence: str) -> Self:
        """Returns a copy whose first answer is `sentence`, as in the pledge text, instead of "yes"; cached."""
        field = own_copy(self)
        field.choices = [("yes", sentence), ("no", self.no)]
        return field


class PublicForm(forms.Form):
    """A form that anyone may send, as often as the rate limits allow."""

    wait = 0  # seconds until its client may send it again

    def label(self, name: str, text: str) -> None:
        """Gives a field another label in this form only."""
        self.fields[name] = copy.copy(self.fields[name])
        self.fields[name].label = text

    def own(self, name: str) -> Any:
        """This form's own copy of a field, so that it can be changed."""
        self.fields[name] = own_copy(self.fields[name])
        return self.fields[name]

    @property
    def has_valid_answers(self) -> bool:
        """Whether anything was typed or chosen in a field without an error."""
        return any(field.data for field in self.visible_fields() if not field.errors)

    def add_rate_limit_error(self, seconds: int) -> None:
        """Adds the error that says when the form can be sent again."""
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
    """A form whose field `email` asks “Did you mean …?” if the domain looks mistyped.

    Two buttons send the form again with the answer (see partials/error_summary.html). Each contains the address that it
    is about, so that an address which was typed afterwards is checked again.
    """

    suggestion = ""  # the address that was probably meant, until the question is answered
    typed_address = ""  # the address that was typed
    confirmed_address = ""  # the address that was typed, and then confirmed to be right

    def clean_email(self) -> Mailbox:
        found: Mailbox = self.cleaned_data["email"]
        suggestion = suggested_address(found.address)
        if not suggestion:
            return found
        if self.data.get("email_meant") == suggestion:
            self.data = {name: self.data.get(name) for name in self.data} | {"email": suggestion}
            return mailbox(suggestion)
        if self.data.get("email_as_typed") == found.address:
            self.confirmed_address = found.address
            return found
        self.suggestion, self.typed_address = suggestion, found.address
        raise forms.ValidationError(_("Did you mean %(address)s?") % {"address": suggestion})
