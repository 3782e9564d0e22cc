"""The forms of moderators about organisations."""

from datetime import date
from hashlib import sha256
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges.inputs import validation
from pledges.inputs.email_address import mailbox
from pledges.models import Organisation, OrganisationDecision
from pledges.models.answers import Words
from pledges.organisations import evidence, upkeep
from pledges.organisations.evidence import Evidence
from pledges.public_forms.fields import CleanField

MOST_VERSIONS = 2**31 - 2  # the largest that the column can store, after adding one
LONGEST_TEXT = 1500
NOT_PERSONAL = gettext_lazy("It is stored for six years: leave out what is private about people.")


class VersionForm(forms.Form):
    """A decision about an organisation, with the version of it that the moderator saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=MOST_VERSIONS)

    def __init__(self, data: Any = None, *, of: Organisation | None = None, **options: Any) -> None:
        super().__init__(data, initial={"version": of.version, "name": of.name} if of else None, **options)
        self.organisation = of

    def arguments(self) -> dict[str, Any]:
        """The keyword arguments for the function that does it, except the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ApprovalForm(VersionForm):
    is_another = forms.BooleanField(
        required=False, label=gettext_lazy("I have compared them: they are different organisations")
    )


class ReasonForm(VersionForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"),
        choices=[
            choice
            for choice in OrganisationDecision.Reason.choices
            if choice[0] not in ("", OrganisationDecision.Reason.OTHER)
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )


def _text(text: str) -> str:
    return validation.message(text, LONGEST_TEXT)


class EmailedForm(VersionForm):
    """A decision whose email may contain text of the moderator; then the email is shown before it is sent."""

    reason = forms.ChoiceField(widget=forms.RadioSelect)
    text = CleanField(
        _text,
        label=gettext_lazy("In your own words"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("Goes into the email as you write it; you see the email first."),
    )
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)
    own: OrganisationDecision.Reason | OrganisationDecision.Question
    email: str  # the folder of its template

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("reason") == self.own and not answers.get("text") and "text" not in self.errors:
            self.add_error("text", _("Write it in your own words here."))
        return answers

    def arguments(self) -> dict[str, Any]:
        return {"words": Words(**self.emailed)}

    @property
    def emailed(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("reason", "text")}

    @property
    def has_been_previewed(self) -> bool:
        """Whether the moderator saw the email with this text; without text no preview is needed."""
        return not self.emailed["text"] or self.cleaned_data["previewed"] == self._hash()

    def show_preview(self) -> None:
        """Makes the form on the next page send the hash of what was previewed."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["previewed"] = self._hash()  # type: ignore[index]

    def _hash(self) -> str:
        return sha256("\0".join(self.emailed.values()).encode()).hexdigest()


class DeclineForm(EmailedForm):
    own, email = OrganisationDecision.Reason.OTHER, "declined"
    reason = forms.ChoiceField(
        choices=[choice for choice in OrganisationDecision.Reason.choices if choice[0]],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )


class QuestionForm(EmailedForm):
    own, email = OrganisationDecision.Question.OWN, "question"
    reason = forms.ChoiceField(
        choices=OrganisationDecision.Question.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a question.")},
    )


class AnswerForm(VersionForm):
    text = CleanField(
        _text, label=gettext_lazy("What it answered"), help_text=NOT_PERSONAL, widget=forms.Textarea({"rows": 4})
    )


class NoteForm(VersionForm):
    text = CleanField(
        _text, label=gettext_lazy("Note for colleagues"), help_text=NOT_PERSONAL, widget=forms.Textarea({"rows": 3})
    )


class SpellingForm(VersionForm):
    name = CleanField(validation.organisation_name, label=gettext_lazy("How its name is written"))

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if self.organisation and not upkeep.is_spelling(self.organisation.name, name):
            raise forms.ValidationError(_("That is another name. Only the organisation itself can take one."))
        return name


class SignerForm(VersionForm):
    """Another person who signs for an organisation."""

    signer_name = CleanField(validation.line, label=gettext_lazy("Name"))
    signer_role = CleanField(validation.line, label=gettext_lazy("Role"))
    email = CleanField(mailbox, label=gettext_lazy("Work email"))

    def arguments(self) -> dict[str, Any]:
        clean = self.cleaned_data
        names = {name: clean[name] for name in ("signer_name", "signer_role")}
        return {"signer": {**names, "email": clean["email"].address}}


# The decisions about one organisation, by the last word of their URL.
FORMS: dict[str, type[VersionForm]] = {
    "approval": ApprovalForm,
    "refusal": DeclineForm,
    "question": QuestionForm,
    "answer": AnswerForm,
    "note": NoteForm,
    "withdrawal": ReasonForm,
    "reopening": VersionForm,
    "spelling": SpellingForm,
    "contact": SignerForm,
}

SAME_NAME = gettext_lazy(
    "An organisation of this name is in the list already. Compare the two: if they are different organisations, "
    "tick the box."
)


def has_come(day: date) -> None:
    """A validator: refuses a day in the future."""
    if day > timezone.localdate():
        raise forms.ValidationError(_("That day is in the future."))


class EntryForm(forms.Form):
    """An organisation that agreed in writing. Who signs for it may be left empty, all three fields."""

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
        label=gettext_lazy("Agreed in writing on"), widget=forms.DateInput({"type": "date"}), validators=[has_come]
    )
    signer_name = CleanField(validation.line, label=gettext_lazy("Who is signing"), required=False)
    signer_role = CleanField(validation.line, label=gettext_lazy("Their role"), required=False)
    email = CleanField(
        mailbox,
        label=gettext_lazy("Their work email"),
        required=False,
        help_text=gettext_lazy("If you give it, we email them that the organisation is in the list."),
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
            raise forms.ValidationError(_("Give name, role and work email of who signs for it, or none of them."))
        if {"name", "website"} <= answers.keys() and not answers.get("is_another"):
            self._compare(answers)
        return answers

    def _compare(self, answers: dict[str, Any]) -> None:
        """Refuses the first POST if there is something to check; the evidence is then shown with the form."""
        found = evidence.gather(Organisation(name=answers["name"], website=answers["website"]))
        if not found.is_clear:
            self.evidence = found
            self.add_error("is_another", _("Look at what is above first. If it is right as it is, tick the box."))
