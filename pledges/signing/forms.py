"""The forms to sign, for people and organisations; their cleaned data are `pledges.models.answers`.

A form writes nothing, sends no email, and never looks up who has signed.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pledges import languages
from pledges.inputs import validation
from pledges.inputs.email_address import Mailbox, mailbox
from pledges.inputs.lookalikes import host_shown
from pledges.inputs.professions import profession_of
from pledges.inputs.regions import region_of
from pledges.languages import as_said
from pledges.models import PledgeText
from pledges.models.answers import OrganisationAnswers, PersonAnswers
from pledges.models.pledge_texts import texts_for_signing
from pledges.organisations.forms import EntryForm
from pledges.public_forms.fields import AddressForm, CleanField, Honeypot, Tick, TidyField, YesOrNo


class PledgeTextForm(AddressForm):
    """A form to sign a pledge text, whose reference (number and language) it contains."""

    refilled: tuple[str, ...] = ()  # the fields that are filled in again when a visitor changes the address

    pledge_text = TidyField(
        widget=forms.HiddenInput, error_messages={"required": _("Read the pledge on this page, then sign it.")}
    )
    message = Honeypot(label=_("Leave this empty. It is here to catch robots."))

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown, self.valid_texts = texts_for_signing(now, get_language() or "")
        if self.initial:  # filled in again, to change the address
            self.own("email").widget.attrs["autofocus"] = True

    def clean_pledge_text(self) -> PledgeText:
        if pledge_text := self.valid_texts.get(self.cleaned_data["pledge_text"]):
            return pledge_text
        raise forms.ValidationError(
            _("The pledge has changed since you opened this page. Please read it again."), "invalid_choice"
        )

    @property
    def language(self) -> str:
        """The language of the page, which its emails have too; "" for English."""
        return languages.prefix()

    @property
    def is_trapped(self) -> bool:
        return self.cleaned_data["message"]

    def typed(self) -> dict[str, str]:
        """The cleaned answers as text, to fill in this form again (see `prefill`)."""
        texts = {field: _as_text(self.cleaned_data[field]) for field in self.refilled}
        return {field: text for field, text in texts.items() if text}


def _as_text(value: str | bool | Mailbox) -> str:
    if isinstance(value, Mailbox):
        local, _at, domain = value.address.rpartition("@")
        return f"{local}@{host_shown(domain)}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


class SignForm(PledgeTextForm):
    optional = ("occupation", "postcode", "name")  # the fields that unfold, in this order
    refilled = ("email", *optional, "by_email")

    email = CleanField(
        mailbox,
        label=_("Email address"),
        help_text=_("Use a personal address, not a work one."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Enter your email address. We email you a link to confirm.")},
    )
    postcode = CleanField(
        validation.postcode,
        label=_("Postcode"),
        help_text=_("We count signatures by region. Leave it empty if you live outside the UK."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "size": "10", "spellcheck": "false"}),
    )
    occupation = CleanField(
        validation.line,
        label=_("Your work"),
        help_text=_("We use it only for this campaign, to show how many teachers, nurses or officers agree."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title", "list": "occupations"}),
    )
    name = CleanField(
        validation.line,
        label=_("Name"),
        help_text=_("We use it only in emails to you, if you want them. We do not publish it."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    by_email = YesOrNo(
        label=_("May we email you about this campaign?"),
        yes=_("Yes"),
        no=_("No, only send me the email to confirm"),
        missing=_("Choose yes or no: may we email you about this campaign?"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_email: Any = self.fields["by_email"]
        self.fields["by_email"] = by_email.saying_yes(as_said(self.shown.email_consent, self.shown.language))

    @property
    def shows_optional(self) -> bool:
        """Whether the optional fields are unfolded: if one of them is filled in or has an error."""
        return any(field.value() or field.errors for field in self.optional_fields)

    @property
    def optional_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.optional]

    def answers(self) -> PersonAnswers:
        """The cleaned answers for `signing.sign`, without what is not to be stored."""
        clean = self.cleaned_data
        stored = ("name", "occupation", "postcode") if clean["by_email"] else ()
        return PersonAnswers(
            mailbox=clean["email"],
            pledge_text=clean["pledge_text"],
            by_email=clean["by_email"],
            region=region_of(clean["postcode"]) if clean["postcode"] else "",
            profession=profession_of(clean["occupation"]) if clean["occupation"] else "",
            is_trapped=self.is_trapped,
            language=self.language,
            **{field: clean[field] for field in stored},
        )


class OrganisationForm(PledgeTextForm, EntryForm):
    refilled = ("name", "kind", "website", "is_named", "signer_name", "signer_role", "email")
    field_order = ("pledge_text", "message", *refilled)

    signer_name = CleanField(
        validation.line,
        label=_("Your name"),
        help_text=_("Only our staff see who signed for the organisation."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter your name, so that we know who to ask.")},
    )
    signer_role = CleanField(
        validation.line,
        label=_("Your role in the organisation"),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": _("Enter your role in the organisation.")},
    )
    email = CleanField(
        mailbox,
        label=_("Your work email address"),
        help_text=_("We email you to confirm, and again when we have decided."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Enter your work email address. We email you a link to confirm.")},
    )
    authority = Tick(error_messages={"required": _("Tick the box if you are authorised to sign for the organisation.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label("authority", as_said(self.shown.declaration, self.shown.language))

    def answers(self) -> OrganisationAnswers:
        """The cleaned answers for `signing.sign`."""
        clean = self.cleaned_data
        return OrganisationAnswers(
            mailbox=clean["email"],
            pledge_text=clean["pledge_text"],
            name=clean["name"],
            kind=clean["kind"],
            signer_name=clean["signer_name"],
            signer_role=clean["signer_role"],
            is_named=clean["is_named"],
            website=clean["website"],
            is_trapped=self.is_trapped,
            language=self.language,
        )
