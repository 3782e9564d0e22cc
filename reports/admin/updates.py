"""Record an update: the only way in which a status moves."""

import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from pledges.admin_base.plain_text import PlainText
from reports import record_updates
from reports.admin.text import TYPED
from reports.models import Recommendation, Update
from reports.models.recommendations import UpdateQuerySet

# What a correction keeps of the update that it corrects, together, where nothing is written in its place.
KEPT = [
    ("happened_on", "precision"),
    ("status_after", "status_note"),
    ("second_source_name", "second_source_url"),
    ("reported_by",),
]


class UpdateForm(forms.ModelForm):
    """`shown`: the update whose words the form was filled with; what is empty there was emptied on purpose."""

    shown = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "happened_on" in self.fields:  # absent where an update is only read
            self.fields["happened_on"].required = False

    def clean_happened_on(self) -> datetime.date | None:
        """A slip of the year would stand on top until it comes true.

        Refused here and not in the model: what ships with the site must load where a clock is behind.
        """
        day = self.cleaned_data["happened_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("That day is still to come. Look at the year."))
        return day

    def clean(self) -> dict[str, Any]:
        """A correction keeps date and status of what it corrects unless they are changed on purpose."""
        cleaned = super().clean() or {}
        corrected = cleaned.get("supersedes")
        if corrected and cleaned.get("shown") != corrected.pk:
            for names in KEPT:
                if not any(cleaned.get(name) for name in names if name != "precision"):
                    cleaned |= {name: getattr(corrected, name) for name in names}
        if not cleaned.get("happened_on") and "happened_on" not in self.errors:
            self.add_error("happened_on", self.fields["happened_on"].error_messages["required"])
        self._refuse_repeat(cleaned)
        return cleaned

    def _refuse_repeat(self, cleaned: dict[str, Any]) -> None:
        """The same form sent twice: what is recorded once is public, and can't be deleted."""
        same = {name: cleaned.get(name) for name in ("recommendation", "happened_on", "what", "source_url")}
        recorded = Update.objects.standing().filter(**same) if all(same.values()) else Update.objects.none()
        if recorded.exclude(pk=getattr(cleaned.get("supersedes"), "pk", 0)).exists():
            raise ValidationError(_("This is recorded already: the same day, words and source."))


class CorrectedField(forms.ModelChoiceField):
    """Updates are told apart by their text: several of one recommendation may bear the same day."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}: {Truncator(obj.what).chars(80)}"


@admin.register(Update)
class UpdateAdmin(PlainText, admin.ModelAdmin):
    """Recorded here and never edited: a wrong one is corrected by a new one."""

    form = UpdateForm
    change_form_template = "admin/reports/update_form.html"
    list_display = ["recommendation", "happened_told", "what", "status_told", "recorded_at", "recorded_by"]
    list_select_related = ["recommendation__sector", "recorded_by"]
    list_filter = ["recommendation__sector"]
    ordering = ["-recorded_at"]
    formfield_overrides = TYPED

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "recommendation":
            kwargs["queryset"] = Recommendation.objects.select_related("sector")
        if db_field.name == "supersedes":
            told = _("Choose an update of this recommendation that nothing corrects yet.")
            kwargs["queryset"] = _can_be_corrected(request)
            kwargs |= {"form_class": CorrectedField, "error_messages": {"invalid_choice": told}}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Of a correction: all that the update says which it corrects, to be changed where it is wrong."""
        given = super().get_changeform_initial_data(request)
        corrected = self.get_object(request, request.GET.get("supersedes", ""))
        if corrected is None:
            return {name: value for name, value in given.items() if name != "supersedes"}
        return given | forms.model_to_dict(corrected) | {"supersedes": corrected.pk, "shown": corrected.pk}

    def save_model(self, request: HttpRequest, obj: Update, form: Any, change: bool) -> None:
        before = obj.recommendation.status_told
        record_updates.record(obj, by=request.user, checked_on=timezone.localdate())  # type: ignore[arg-type]
        told = {"recommendation": obj.recommendation.name, "before": before}
        told["now"] = Recommendation.objects.get(pk=obj.recommendation_id).status_told
        if told["now"] == before:
            messages.info(request, _("The status of %(recommendation)s stays “%(now)s”.") % told)
        else:
            messages.warning(
                request, _("The status of %(recommendation)s is now “%(now)s”; it was “%(before)s”.") % told
            )


def _can_be_corrected(request: HttpRequest) -> UpdateQuerySet:
    """Those of the recommendation that the form or the address names; of every recommendation where neither does."""
    rows = Update.objects.standing().with_place().newest_first()
    recommendation = request.POST.get("recommendation") or request.GET.get("recommendation", "")
    try:
        return rows.filter(recommendation=int(recommendation))
    except ValueError:
        return rows
