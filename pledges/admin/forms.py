"""What moderators fill in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges import cleaning, mailbox
from pledges.models import Decision, Hiding, Organisation

REASONS = [choice for choice in Decision.Reason.choices if choice[0]]


class SeenForm(forms.Form):
    """A decision about what the moderator saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class ReasonForm(SeenForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=REASONS, widget=forms.RadioSelect)


class HidingForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=Hiding.Reason, widget=forms.RadioSelect)


class EntryForm(forms.Form):
    """An organisation that agreed in writing. Who signs for it may be left out, all three or none."""

    name = forms.CharField(label=_("Name"))
    website = forms.CharField(label=_("Website"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Organisation.Kind)
    is_named = forms.TypedChoiceField(
        label=_("In public"),
        choices=[("yes", _("Name it")), ("no", _("Count it without its name"))],
        coerce=lambda choice: choice == "yes",
        widget=forms.RadioSelect,
    )
    agreed_on = forms.DateField(label=_("Agreed in writing on"), widget=forms.DateInput({"type": "date"}))
    signer_name = forms.CharField(label=_("Who signs for it"), required=False)
    signer_role = forms.CharField(label=_("Their role"), required=False)
    email = forms.CharField(
        label=_("Their work email"),
        required=False,
        help_text=_("With it we write to them that the organisation stands in the list."),
    )

    def clean_name(self) -> str:
        return cleaning.organisation_name(self.cleaned_data["name"])

    def clean_website(self) -> str:
        return self.cleaned_data["website"] and cleaning.website(self.cleaned_data["website"])

    def clean_email(self) -> str:
        return self.cleaned_data["email"] and mailbox.mailbox(self.cleaned_data["email"]).address

    def clean(self) -> dict:
        answers = super().clean() or {}
        who = [answers.get(name) for name in ("signer_name", "signer_role", "email")]
        if any(who) and not all(who):
            raise forms.ValidationError(
                _("Give name, role and work email of who signs for it, or none of them.")
            )
        return answers
