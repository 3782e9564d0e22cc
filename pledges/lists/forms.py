"""The forms of the public lists, and of staff who review public names."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.inputs import validation
from pledges.models import NameDecision, NameReport
from pledges.public_forms.fields import CleanField, PublicForm, SearchField


class SearchForm(forms.Form):
    q = SearchField(label=_("Find an organisation"), longest=100)


class ReportNameForm(PublicForm):
    """Which name in a public list is wrong, and why. It takes no further text, which staff would have to answer."""

    name = CleanField(
        partial(validation.line, longest=validation.ORGANISATION),
        label=_("Which name?"),
        help_text=_("As it is written in the list."),
        error_messages={"required": _("Write the name that you mean.")},
    )
    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=NameReport.Reason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong.")},
    )


class ReviewForm(forms.Form):
    """Why the ticked names are hidden; the others stay in the list."""

    use_required_attribute = False  # so that a browser sends the form after the ticks were removed again
    reason = forms.ChoiceField(
        label=_("Hide those ticked, because"),
        choices=[(reason.value, reason.label) for reason in NameDecision.Reason if reason != "mistake"],
        widget=forms.RadioSelect,
        required=False,
        error_messages={"required": _("Choose a reason.")},
    )

    def __init__(self, *args: Any, is_hiding: bool = False) -> None:
        super().__init__(*args)
        self.fields["reason"].required = is_hiding


class NameDecisionForm(forms.Form):
    """Why a name is hidden (`hide`), or shown again."""

    hide = forms.BooleanField(required=False, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Reason"), widget=forms.RadioSelect, error_messages={"required": _("Choose a reason.")}
    )

    def __init__(self, *args: Any, hide: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hide"].initial = hide
        to_show = {NameDecision.Reason.MISTAKE, NameDecision.Reason.ASKED}
        chosen = set(NameDecision.Reason) - {NameDecision.Reason.MISTAKE} if hide else to_show
        choices = [(reason.value, reason.label) for reason in NameDecision.Reason if reason in chosen]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]
