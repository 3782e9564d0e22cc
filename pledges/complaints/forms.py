from functools import partial

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.inputs import validation
from pledges.public_forms.fields import CleanField, PublicForm


class ComplaintForm(PublicForm):
    message = CleanField(
        validation.message,
        label=_("What went wrong?"),
        help_text=_("Say what happened and, if you like, what should be done about it."),
        widget=forms.Textarea(attrs={"rows": "10"}),
        error_messages={"required": _("Write what went wrong.")},
    )
    answer_to = CleanField(
        partial(validation.message, longest=validation.ADDRESS),
        label=_("How can we answer you?"),
        help_text=_(
            "An email address, a telephone number or a postal address. Without one we can’t tell you more."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )
