"""The search form of the report."""

from django import forms
from django.utils.translation import gettext_lazy as _

from pledges.public_forms.fields import SearchField
from reports.models import Body, Recommendation, Sector


class SearchForm(forms.Form):
    """What to search for in the report, and in which sector or for which body."""

    q = SearchField(label=_("Search the report"), longest=200, widget=forms.TextInput(attrs={"type": "search"}))
    sector = forms.ModelChoiceField(
        Sector.objects.none(), to_field_name="slug", required=False, label=_("Sector"), empty_label=_("All sectors")
    )
    body = forms.ModelChoiceField(
        Body.objects.none(),
        to_field_name="slug",
        required=False,
        label=_("Organisation responsible"),
        empty_label=_("All organisations"),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["sector"].queryset = Sector.objects.published()  # type: ignore[attr-defined]
        bodies = Body.objects.asked(Recommendation.objects.published())
        self.fields["body"].queryset = bodies  # type: ignore[attr-defined]
