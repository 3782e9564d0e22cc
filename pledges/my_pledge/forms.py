"""The forms of "My pledge": ask for a link, show what is stored, remove something."""

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


class OpenForm(PublicForm):
    """Opens My pledge. The checkbox stops programs that follow links or submit forms."""

    open = forms.BooleanField(
        label=_("Yes, this is me. Show what you store about this address."),
        error_messages={"required": _("Tick the box to see what we store.")},
    )


class RemovalForm(PublicForm):
    """One thing to remove; if it can't be undone, a checkbox must be ticked."""

    kind = forms.ChoiceField(choices=PhoneRequest.Kind, widget=forms.HiddenInput)
    sure = forms.BooleanField(required=False, label=_("Yes, I am sure."))

    def clean(self) -> None:
        kind = self.cleaned_data.get("kind")
        if kind and PhoneRequest.Kind(kind).is_final and not self.cleaned_data["sure"]:
            self.auto_id = (
                f"%s-{kind}"  # so that the error is shown at this one of several such forms on the page
            )
            self.add_error("sure", _("Tick the box if you are sure."))


class SureForm(PublicForm):
    """Confirms what can't be undone. The checkbox also stops programs that submit forms."""

    sure = forms.BooleanField(
        label=_("Yes, I am sure. This can’t be undone."),
        error_messages={"required": _("This can’t be undone. Tick the box if you are sure.")},
    )


class NeverForm(PublicForm):
    """Blocks all emails to a mailbox. The checkbox stops programs that submit forms."""

    sure = forms.BooleanField(
        label=_("Yes, stop all emails to this address."),
        error_messages={"required": _("Tick the box if you are sure.")},
    )


class AllowForm(PublicForm):
    """Lifts the block of a mailbox. The checkbox stops programs that submit forms."""

    sure = forms.BooleanField(
        label=_("Yes, this is my address. You may email it again."),
        error_messages={"required": _("Tick the box to allow emails again.")},
    )


class YearlyForm(PublicForm):
    sure = forms.BooleanField(
        label=_("Yes, stop the yearly emails."),
        error_messages={"required": _("Tick the box to stop the yearly emails.")},
    )
