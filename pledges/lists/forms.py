from typing import Any
from unicodedata import normalize

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.inputs import validation
from pledges.models import NameDecision, NameReport
from pledges.public_forms.fields import CleanField, PublicForm, TidyField


class SearchForm(forms.Form):
    q = TidyField(
        label=_("Find an organisation"),
        max_length=100,
        error_messages={"max_length": _("That is too long to search for: 100 characters at most.")},
    )

    def clean_q(self) -> str:
        return normalize("NFKC", self.cleaned_data["q"])


def _reported_name(text: str) -> str:
    return validation.line(text, validation.ORGANISATION)


class ReportNameForm(PublicForm):
    """Which name in a public list is wrong, and why. No other words: they would need answering."""

    name = CleanField(
        _reported_name,
        label=_("Which name?"),
        help_text=_("As it stands in the list."),
        error_messages={"required": _("Write the name that you mean.")},
    )
    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=NameReport.Reason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong.")},
    )


class ReviewForm(forms.Form):
    """Which of the names on the page are hidden, and why; the others stay."""

    reason = forms.ChoiceField(
        label=_("Hide those ticked, because"),
        choices=[(reason.value, reason.label) for reason in NameDecision.Reason if reason != "mistake"],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, *args: Any, is_hiding: bool = False) -> None:
        super().__init__(*args)
        self.fields["reason"].required = is_hiding
