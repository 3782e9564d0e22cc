"""The form for signatures counted on paper."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from pledges.models import PaperCount
from pledges.statistics import totals

MOST_AT_ONCE = 10_000  # a larger number is a typing error


class PaperCountForm(forms.ModelForm):
    """A new count, or a new version of the count whose ref is `count`.

    `seen` is the version that the page showed (0 for a new count), so that a second person does not overwrite the
    first.
    """

    count = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput)
    newest: PaperCount | None = None

    class Meta:
        model = PaperCount
        fields = ("signatures", "counted_on", "count", "seen")
        widgets = {"counted_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "signatures" in self.fields:  # a stored count is only shown, and its form has no fields
            self.fields["signatures"].validators.append(MaxValueValidator(MOST_AT_ONCE))

    def clean_counted_on(self) -> date:
        day: date = self.cleaned_data["counted_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("This day has not come yet."))
        return day

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if totals.is_closed():
            raise forms.ValidationError(_("The campaign has ended, and its numbers are final."))
        self.newest = PaperCount.objects.newest(answers.get("count"))
        if not self.errors and not self.changes_nothing and answers["seen"] != self.version:
            self._tell_the_newest()
        return answers

    @property
    def version(self) -> int:
        return self.newest.version if self.newest else 0

    @property
    def changes_nothing(self) -> bool:
        """Whether the newest version says the same, as when the form was sent twice."""
        names = ("signatures", "counted_on")
        return bool(self.newest) and all(getattr(self.newest, n) == self.cleaned_data[n] for n in names)

    def _tell_the_newest(self) -> None:
        """Shows the second of two people what the first has saved; sending the form again then replaces it."""
        if self.newest is None:
            raise forms.ValidationError(_("There is no such count."))
        message = _("%(who)s changed this before you, to %(number)s on %(day)s. Nothing of yours is saved yet.")
        day, who = date_format(self.newest.counted_on), self.newest.entered_by.get_short_name()
        self.add_error(None, message % {"who": who, "number": self.newest.signatures, "day": day})
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["seen"] = self.newest.version
        self.data = data
