"""Validators that refuse hidden characters in text that staff type, and say where they are."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from pledges.inputs.tidy import JOINERS, is_hidden

LINE_ENDS = frozenset("\r\n\t")


def one_line(text: str) -> None:
    """A validator: refuses control and direction characters, and line ends."""
    _refuse(text, JOINERS)


def lines(text: str) -> None:
    """A validator: refuses control and direction characters; line ends and tabs are allowed."""
    _refuse(text, JOINERS | LINE_ENDS)


def fields(row: object, *names: str) -> None:
    """For a model's `clean`: validates each of these fields as `lines` does."""
    for name in names:
        try:
            lines(getattr(row, name))
        except ValidationError as error:
            raise ValidationError({name: error}) from None


class PlainText:
    """Mixed into a ModelAdmin: each of its text fields refuses hidden characters."""

    def formfield_for_dbfield(self, *args: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(*args, **kwargs)  # type: ignore[misc]
        text = getattr(field, "base_field", field)  # that of a list's entries
        if isinstance(text, forms.CharField):
            text.validators = [*text.validators, lines if isinstance(text.widget, forms.Textarea) else one_line]
        return field


def _refuse(text: str, allowed: frozenset[str]) -> None:
    for place, letter in enumerate(text):
        if is_hidden(letter) and letter not in allowed:
            message = _(
                "There is a hidden character (%(code)s) after “%(before)s”. Delete it, or type the words again."
            )
            before = text[max(place - 20, 0) : place].strip()
            raise ValidationError(message % {"code": f"U+{ord(letter):04X}", "before": before}, code="hidden")
