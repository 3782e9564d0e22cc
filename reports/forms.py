from django import forms
from django.utils.translation import gettext_lazy as _


class SearchForm(forms.Form):
    q = forms.CharField(
        label=_("Search the report"),
        max_length=200,
        error_messages={"max_length": _("That is too long to search for: 200 characters at most.")},
        widget=forms.TextInput(attrs={"type": "search"}),
    )
