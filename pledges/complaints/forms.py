"""The form for a complaint about data protection."""

from functools import partial

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.inputs import validation
from pledges.public_forms.fields import CleanField, PublicForm


class ComplaintForm(PublicForm):
    message = CleanField(
        validation.message,
        label=_("What went wrong?"),
        help_text=_("Tell us what happened and, if you like, what we should do about it."),
        widget=forms.Textarea(attrs={"rows": "10"}),
        error_messages={"required": _("Tell us what went wrong.")},
    )
    answer_to = CleanField(
        partial(validation.message, longest=validation.ADDRESS),
        label=_("How can we answer you?"),
        help_text=_("An email address, a phone number or a postal address. Without one we can’t tell you the result."),
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )
