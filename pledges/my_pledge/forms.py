"""The forms of "My pledge": ask for a link, show what is stored, remove something."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.inputs.email_address import mailbox
from pledges.models import PhoneRequest
from pledges.public_forms.fields import AddressForm, CleanField, PublicForm


class AskForm(AddressForm):
    email = CleanField(
        mailbox,
        label=_("The email address you signed with"),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": _("Enter your email address. We send an email there.")},
    )


def _checkbox(label: Any, missing: Any) -> forms.BooleanField:
    """A checkbox that must be ticked, so that programs which submit forms as they are see and change nothing."""
    return forms.BooleanField(label=label, error_messages={"required": missing})


class OpenForm(PublicForm):
    open = _checkbox(
        _("Yes, this is me. Show what you store about this address."), _("Tick the box to see what we store.")
    )


class RemovalForm(PublicForm):
    """One thing to remove; if it can't be undone, a checkbox must be ticked."""

    kind = forms.ChoiceField(choices=PhoneRequest.Kind, widget=forms.HiddenInput)
    sure = forms.BooleanField(required=False, label=_("Yes, I am sure."))

    def clean(self) -> None:
        kind = self.cleaned_data.get("kind")
        if kind and PhoneRequest.Kind(kind).is_final and not self.cleaned_data["sure"]:
            self.auto_id = f"%s-{kind}"  # so that the error is shown at this one of several such forms on the page
            self.add_error("sure", _("Tick the box if you are sure."))


class WithdrawEntryForm(PublicForm):
    """Withdraws an organisation. It can’t be undone."""

    sure = _checkbox(
        _("Yes, I am sure. This can’t be undone."), _("This can’t be undone. Tick the box if you are sure.")
    )


class BlockEmailsForm(PublicForm):
    """Blocks all emails to a mailbox."""

    sure = _checkbox(_("Yes, stop all emails to this address."), _("Tick the box if you are sure."))


class AllowEmailsForm(PublicForm):
    """Lifts the block of a mailbox."""

    sure = _checkbox(_("Yes, this is my address. You may email it again."), _("Tick the box to allow emails again."))


class StopYearlyForm(PublicForm):
    sure = _checkbox(_("Yes, stop the yearly emails."), _("Tick the box to stop the yearly emails."))
