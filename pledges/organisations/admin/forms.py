"""What moderators fill in."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges.inputs import validation
from pledges.inputs.email_address import mailbox
from pledges.models import NameDecision, Organisation, OrganisationDecision
from pledges.organisations import evidence, upkeep
from pledges.organisations.evidence import Evidence
from pledges.public_forms.fields import CleanField

MOST_VERSIONS = 2**31 - 2  # as many as the column holds


class SeenForm(forms.Form):
    """A decision about what the moderator saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=MOST_VERSIONS)


class ApprovalForm(SeenForm):
    is_another = forms.BooleanField(
        required=False, label=gettext_lazy("I have compared them: they are different organisations")
    )


class ReasonForm(SeenForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[choice for choice in OrganisationDecision.Reason.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )


class QuestionForm(SeenForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Question"),
        choices=OrganisationDecision.Question.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a question.")},
    )


class SpellingForm(SeenForm):
    name = CleanField(validation.organisation_name, label=gettext_lazy("How its name is written"))

    def __init__(self, *args: Any, before: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = before

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if not upkeep.is_spelling(self.before, name):
            raise forms.ValidationError(_("That is another name. Only the organisation itself can take one."))
        return name


class SignerForm(SeenForm):
    """Somebody else who signs for an organisation."""

    signer_name = CleanField(validation.line, label=gettext_lazy("Name"))
    signer_role = CleanField(validation.line, label=gettext_lazy("Role"))
    email = CleanField(mailbox, label=gettext_lazy("Work email"))

    def signer(self) -> dict[str, str]:
        clean = self.cleaned_data
        return {
            **{name: clean[name] for name in ("signer_name", "signer_role")},
            "email": clean["email"].address,
        }


class NameDecisionForm(forms.Form):
    """Why a name is hidden, or why it is shown again. `hide`: which of both whoever sent it saw."""

    hide = forms.BooleanField(required=False, widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, hide: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hide"].initial = hide
        to_show = {NameDecision.Reason.MISTAKE, NameDecision.Reason.ASKED}
        chosen = set(NameDecision.Reason) - {NameDecision.Reason.MISTAKE} if hide else to_show
        choices = [(reason.value, reason.label) for reason in NameDecision.Reason if reason in chosen]
        self.fields["reason"].choices = choices  # type: ignore[attr-defined]


SAME_NAME = gettext_lazy(
    "An organisation of this name is in the list already. Compare the two: if they are different organisations, "
    "tick the box."
)


def has_come(day: date) -> None:
    """A validator: nobody agreed on a day that is still to come."""
    if day > timezone.localdate():
        raise forms.ValidationError(_("That day is still to come."))


class EntryForm(forms.Form):
    """An organisation that agreed in writing. Who is signing may be left out, all three or none."""

    name = CleanField(validation.organisation_name, label=gettext_lazy("Name"))
    website = CleanField(validation.website, label=gettext_lazy("Website"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Organisation.Kind)
    is_named = forms.TypedChoiceField(
        label=gettext_lazy("In public"),
        choices=[("yes", gettext_lazy("Name it")), ("no", gettext_lazy("Count it without its name"))],
        coerce=lambda choice: choice == "yes",
        widget=forms.RadioSelect,
    )
    agreed_on = forms.DateField(
        label=gettext_lazy("Agreed in writing on"),
        widget=forms.DateInput({"type": "date"}),
        validators=[has_come],
    )
    signer_name = CleanField(validation.line, label=gettext_lazy("Who is signing"), required=False)
    signer_role = CleanField(validation.line, label=gettext_lazy("Their role"), required=False)
    email = CleanField(
        mailbox,
        label=gettext_lazy("Their work email"),
        required=False,
        help_text=gettext_lazy("If you give it, we write to them that the organisation is in the list."),
    )

    is_another = forms.BooleanField(
        label=gettext_lazy("I have compared it with these: it is another organisation"), required=False
    )
    evidence: Evidence | None = None  # what to look at before it is entered

    def clean_email(self) -> str:
        return self.cleaned_data["email"] and self.cleaned_data["email"].address

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        who = [answers.get(name) for name in ("signer_name", "signer_role", "email")]
        if any(who) and not all(who):
            raise forms.ValidationError(
                _("Give name, role and work email of who signs for it, or none of them.")
            )
        if {"name", "website"} <= answers.keys() and not answers.get("is_another"):
            self._compare(answers)
        return answers

    def _compare(self, answers: dict[str, Any]) -> None:
        """What an application would show staff is shown here too, before anything is public."""
        found = evidence.gather(Organisation(name=answers["name"], website=answers["website"]))
        if not found.is_clear:
            self.evidence = found
            self.add_error(
                "is_another", _("Look at what is above first. If it is right as it is, tick the box.")
            )
