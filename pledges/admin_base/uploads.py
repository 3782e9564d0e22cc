"""A form for lines that staff paste or upload as a file."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pledges.inputs import spreadsheet


class LinesForm(forms.Form):
    """Subclasses define the field `lines` and its `max_length`. The text of an uploaded file is put into it."""

    lines: forms.CharField
    file = forms.FileField(label=gettext_lazy("Or a file"), help_text=gettext_lazy("CSV or text."), required=False)
    too_large = gettext_lazy("This file is too large. Upload it in parts.")

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        if answers.get("file"):
            answers["lines"] = self._uploaded(answers["file"])
        if not answers.get("lines", "").strip() and not self.errors:
            self.add_error("lines", _("Paste at least one line, or choose a file."))
        return answers

    def _uploaded(self, file: Any) -> str:
        """Returns the text of the file, and puts it into the field `lines`."""
        longest: int = self.fields["lines"].max_length  # type: ignore[attr-defined]
        try:
            text = spreadsheet.decoded(file.read(4 * longest + 1)).replace("\0", "")
        except forms.ValidationError as error:
            self.add_error("file", error)
            return ""
        if len(text) > longest:
            self.add_error("file", self.too_large)
            return ""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        data["lines"] = text
        self.data = data
        return text
