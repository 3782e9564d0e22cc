from unicodedata import normalize

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.public_forms.fields import TidyField


class SearchForm(forms.Form):
    q = TidyField(
        label=_("Search the report"),
        max_length=200,
        error_messages={"max_length": _("That is too long to search for: 200 characters at most.")},
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def clean_q(self) -> str:
        return normalize("NFKC", self.cleaned_data["q"])
