"""The forms to sign and to confirm: they clean what visitors send into answers (`pledges.models.answers`).

A form writes nothing, sends no email, and never looks up who has signed.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pledges.crypto import tokens
from pledges.inputs import validation
from pledges.inputs.email_address import Mailbox, mailbox
from pledges.inputs.lookalikes import host_shown
from pledges.inputs.professions import Profession, profession_of
from pledges.inputs.regions import region_of
from pledges.languages import LANGUAGES, as_said
from pledges.models import Organisation, PledgeText
from pledges.models.answers import ConfirmChoices, OrganisationAnswers, PersonAnswers
from pledges.models.pledge_texts import texts_for_signing
from pledges.public_forms.fields import (
    AddressForm,
    Choice,
    CleanField,
    Honeypot,
    PublicForm,
    Tick,
    TickedField,
    TidyField,
    YesOrNo,
)


class PledgeTextForm(AddressForm):
    """A form that signs one pledge text, by the reference that was on its page: which number, in which language."""

    refilled: tuple[str, ...] = ()  # the fields that are filled again for a visitor who changes the address

    pledge_text = TidyField(
        widget=forms.HiddenInput,
        error_messages={"required": _("Read the pledge on this page, then sign it.")},
    )
    message = Honeypot(label=_("Leave this empty. It is here to catch robots."))

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown, self.valid_texts = texts_for_signing(now, get_language() or "")
        if self.initial:  # filled again, so that the address can be changed
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
        language = get_language()
        return language if language in LANGUAGES else ""

    @property
    def is_trapped(self) -> bool:
        return self.cleaned_data["message"]

    def typed(self) -> dict[str, str]:
        """The cleaned answers as text, to fill this form again (see `prefill`)."""
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
    refilled = ("email", "postcode", "occupation", "name", "by_email")

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
        """Whether the optional fields are unfolded: where one of them is filled in or has an error."""
        return any(self[name].value() or self[name].errors for name in ("occupation", "postcode", "name"))

    def answers(self) -> PersonAnswers:
        """The cleaned answers for `signing.sign`, without what is not to be stored: not even a digest is made of it."""
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


class OrganisationForm(PledgeTextForm):
    refilled = ("name", "kind", "website", "is_named", "signer_name", "signer_role", "email")

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
    authority = Tick(
        error_messages={"required": _("Tick the box if you are authorised to sign for the organisation.")},
    )

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


def has_a_code(typed: str) -> str:
    """Returns what was typed if it has a code or a link to confirm in it; else raises ValidationError."""
    if tokens.codes_in(typed) or tokens.pasted_token(typed):
        return typed
    raise forms.ValidationError(
        _(
            "We found no code in this. A code has eight letters and numbers, like 7K3M 9QXA. "
            "This did not count as a try."
        )
    )


class CodeForm(PublicForm):
    code = CleanField(
        has_a_code,
        label=_("Code from the email"),
        max_length=tokens.LONGEST_CODE,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "size": "12",
            }
        ),
        error_messages={
            "required": _("Enter the code from the email. It looks like 7K3M 9QXA."),
            "max_length": _("This is too long. Enter only the code from the email. It looks like 7K3M 9QXA."),
        },
    )


class ConfirmForm(PublicForm):
    """The checkbox that confirms. The form of an organisation has nothing else."""

    agree = Tick(
        label=_("Yes, this is me, and I sign for the organisation."),
        error_messages={"required": _("Tick this box to sign. Without it we record nothing.")},
    )

    def choices(self) -> ConfirmChoices:
        """The cleaned choices for `signing.confirm`."""
        return ConfirmChoices()


class ConfirmPersonForm(ConfirmForm):
    profession = Choice(
        label=_("Your group of work"),
        help_text=_("Optional. Choose the group that fits best."),
        choices=[("", _("No group: don’t count me by work")), *Profession.choices],
        required=False,
        error_messages={"invalid_choice": _("Choose one of the groups in the list.")},
    )
    show_name = Tick(required=False)
    public_name = TickedField(
        validation.public_name,
        label=_("Name to show in the list"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    by_post = Tick(required=False)
    address = TickedField(
        validation.address_lines,
        label=_("Your name and postal address, as on an envelope"),
        required=False,
        widget=forms.Textarea(attrs={"rows": "5", "autocomplete": "street-address"}),
    )

    def __init__(
        self, data: Any = None, *, pledge_text: PledgeText, profession: str = "", **kwargs: Any
    ) -> None:
        if data is not None:  # a form without the field keeps the group that was derived at signing
            data = data.copy()
            data.setdefault("profession", profession)
        initial = {"profession": profession, **kwargs.pop("initial", {})}
        super().__init__(data, initial=initial, **kwargs)
        if profession:
            hint = _("We chose this group from what you typed. Choose another if it is a better fit.")
            self.own("profession").help_text = hint
        for name, sentence in {
            "agree": pledge_text.agreement,
            "show_name": pledge_text.public_name_consent,
            "by_post": pledge_text.post_consent,
        }.items():
            self.label(name, as_said(sentence, pledge_text.language))

    @property
    def shows_optional(self) -> bool:
        """Whether the optional choices are unfolded: where one of them is made or has an error."""
        names = ("show_name", "public_name", "by_post", "address")
        return any(self[name].value() or self[name].errors for name in names)

    def clean(self) -> None:
        """A name or an address counts only with its checkbox ticked, which then needs it. Without the tick, what was
        typed is ignored, errors included: it is out of sight, and there is no consent to store it.
        """
        self._together("show_name", "public_name", _("Enter the name as you want it shown."))
        self._together("by_post", "address", _("Enter the postal address that we should write to."))

    def _together(self, choice: str, text: str, missing: Any) -> None:
        if not self.cleaned_data[choice]:
            self.errors.pop(text, None)
        elif text not in self.errors and not self.cleaned_data[text]:
            self.add_error(text, missing)

    def choices(self) -> ConfirmChoices:
        clean = self.cleaned_data
        post = {"address": clean["address"]} if clean["by_post"] else {}
        return ConfirmChoices(
            public_name=clean["public_name"] if clean["show_name"] else "",
            post=post,
            profession=clean["profession"] if "profession" in self.changed_data else None,
        )
