"""The public entry of an organisation, which the form to sign and "My pledge" have in common."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.inputs import validation
from pledges.models import Organisation
from pledges.public_forms.fields import Choice, CleanField, PublicForm, YesOrNo


class EntryForm(PublicForm):
    name = CleanField(
        validation.organisation_name,
        label=_("Name of the organisation"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Enter the name of the organisation.")},
    )
    kind = Choice(
        label=_("Kind of organisation"),
        choices=[("", _("Choose the closest")), *Organisation.Kind.choices],
        error_messages={
            "required": _("Choose the kind that is closest."),
            "invalid_choice": _("Choose the kind that is closest."),
        },
    )
    website = CleanField(
        validation.website,
        label=_("Website"),
        help_text=_("It helps us check that the organisation is real. Its name in our list will link to it."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "url", "inputmode": "url", "spellcheck": "false"}),
    )
    is_named = YesOrNo(
        label=_("How should it appear?"),
        yes=_("Show our name"),
        no=_("Count us without showing our name"),
        missing=_("Choose if we may name the organisation or only count it."),
    )

    @staticmethod
    def initial_for(organisation: Organisation) -> dict[str, str]:
        """The initial data of the form for this organisation."""
        return {
            "name": organisation.name,
            "kind": organisation.kind,
            "website": organisation.website,
            "is_named": "yes" if organisation.is_named else "no",
        }
