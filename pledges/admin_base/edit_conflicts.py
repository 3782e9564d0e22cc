"""A form that does not overwrite what another editor saved since it was opened, but shows both texts."""

from datetime import datetime
from hashlib import sha256
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from pledges.admin_base.differences import difference

LONGEST = 500  # characters of the other editor's text that are shown at a field; all of it is under History


class EditConflictForm(forms.ModelForm):
    """A model form whose hidden field `seen` is a hash of the values that the fields had when the form was opened."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    is_preview = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["seen"].initial = self._now()

    def clean(self) -> dict[str, Any] | None:
        """Shows the second of two editors what the first wrote; saving once more then replaces it."""
        cleaned = super().clean()
        if self.instance.pk and not self.is_preview and self.cleaned_data.get("seen") != self._now():
            self._tell(self.changed_data)
        return cleaned

    @cached_property
    def changed_data(self) -> list[str]:
        """The changed fields that are stored: no hidden one, and no box to tick before saving."""
        stored = {field.name for field in self._meta.model._meta.get_fields()}
        return [name for name in super().changed_data if name in stored]

    def _now(self) -> str:
        """The hash of the values in the database; `initial` was read from it for this request."""
        values = [(name, _plain(self.initial.get(name))) for name in self.fields if name != "seen"]
        return sha256(repr(values).encode()).hexdigest()

    def _tell(self, differing: list[str]) -> None:
        if not differing:
            return
        history = getattr(self.instance, "history", None)  # updates have none
        newest = history.select_related("history_user").first() if history else None
        who = newest.history_user.get_short_name() if newest and newest.history_user else _("Someone")
        changed = newest.history_date if newest else timezone.now()
        when = date_format(timezone.localtime(changed), "H:i")
        message = _(
            "%(who)s changed this at %(when)s, after you had opened it. What you wrote is below, and at each field "
            "that differs you see what it says now. Nothing is saved yet: combine both texts and save again."
        )
        self.add_error(None, message % {"who": who, "when": when})
        for name in differing:
            now = Truncator(self._words(name)).chars(LONGEST)
            self.add_error(name, _("It says now: “%(now)s”") % {"now": now} if now else _("It is empty now."))
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["seen"] = self._now()
        self.data = data

    def differences(self) -> list[tuple[str, SafeString]]:
        """Returns the label of each field that the form would change, and what it would change there."""
        return [
            (str(self[name].label), difference(self._words(name), self._words(name, sent=True), is_cut=True))
            for name in self.changed_data
        ]

    def _words(self, name: str, sent: bool = False) -> str:
        """What the field says in the database, or what it was sent, as a reader would write it."""
        field: Any = self.fields[name]
        value = self.cleaned_data.get(name, self[name].value()) if sent else self.initial.get(name)
        if isinstance(value, list | QuerySet):
            return ", ".join(str(each) for each in value)
        if isinstance(value, datetime):
            return date_format(timezone.localtime(value), "j F Y, H:i")
        choices = getattr(field, "choices", None)
        return str(dict(choices).get(value, value) if choices and value is not None else value or "")


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return repr(sorted(str(each.pk) if isinstance(each, Model) else str(each) for each in value))
    return str(value)
