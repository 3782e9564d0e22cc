from django import forms
from django.utils.translation import gettext_lazy as _

from pledges import pasting
from pledges.admin.forms import has_come


class PasteForm(forms.Form):
    lines = forms.CharField(
        label=_("Organisations, one a line"),
        help_text=_("Name, website, kind; parted by tabs, as a spreadsheet copies them, or by semicolons."),
        widget=forms.Textarea({"rows": 12, "spellcheck": "false"}),
        max_length=pasting.MOST * 400,
    )
    agreed_on = forms.DateField(
        label=_("All agreed in writing by"),
        widget=forms.DateInput({"type": "date"}),
        validators=[has_come],
    )

    def clean_lines(self) -> str:
        lines = self.cleaned_data["lines"]
        if len(lines.splitlines()) > pasting.MOST:
            raise forms.ValidationError(_("That is more than 200 lines. Paste them in parts."))
        return lines
