"""The forms after signing: the code on the inbox page, and the confirm page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.crypto import tokens
from pledges.inputs import validation
from pledges.inputs.professions import Profession
from pledges.languages import as_said
from pledges.models import PledgeText
from pledges.models.answers import ConfirmChoices
from pledges.public_forms.fields import Choice, CleanField, PublicForm, Tick, TickedField


def has_a_code(typed: str) -> str:
    """Returns what was typed; raises ValidationError if it contains neither a code nor a link to confirm."""
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
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false", "size": "12"}
        ),
        error_messages={
            "required": _("Enter the code from the email. It looks like 7K3M 9QXA."),
            "max_length": _("This is too long. Enter only the code from the email. It looks like 7K3M 9QXA."),
        },
    )


class ConfirmForm(PublicForm):
    """The checkbox to confirm. The form of an organisation has nothing else."""

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
        choices=[("", _("No group")), *Profession.choices],
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

    def __init__(self, data: Any = None, *, pledge_text: PledgeText, profession: str = "", **kwargs: Any) -> None:
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
        """Whether the optional choices are unfolded: if one of them is made or has an error."""
        names = ("show_name", "public_name", "by_post", "address")
        return any(self[name].value() or self[name].errors for name in names)

    def clean(self) -> None:
        """Requires the name or address if its checkbox is ticked.

        Without the tick, what was typed is ignored, errors included: the field is not visible, and there is no consent
        to store it.
        """
        self._required_with("show_name", "public_name", _("Enter the name as you want it shown."))
        self._required_with("by_post", "address", _("Enter the postal address that we should write to."))

    def _required_with(self, choice: str, text: str, missing: Any) -> None:
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
