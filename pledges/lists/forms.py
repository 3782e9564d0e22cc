from unicodedata import normalize

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.public_forms.fields import TidyField


class SearchForm(forms.Form):
    q = TidyField(
        label=_("Find an organisation"),
        max_length=100,
        error_messages={"max_length": _("That is too long to search for: 100 characters at most.")},
    )

    def clean_q(self) -> str:
        return normalize("NFKC", self.cleaned_data["q"])
