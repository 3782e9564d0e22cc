"""Record an update: the only way in which a status moves."""

import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from reports import following
from reports.admin.text import TYPED
from reports.models import Recommendation, Update
from reports.models.demands import UpdateQuerySet


class UpdateForm(forms.ModelForm):
    def clean_happened_on(self) -> datetime.date:
        """A slip of the year would stand on top until it comes true.

        Refused here and not in the model: what ships with the site must load where a clock is behind.
        """
        day = self.cleaned_data["happened_on"]
        if day > timezone.localdate():
            raise ValidationError(_("That day is still to come. Look at the year."))
        return day


class CorrectedField(forms.ModelChoiceField):
    """Updates are told apart by their text: several of one demand may bear the same day."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}: {Truncator(obj.what).chars(80)}"


@admin.register(Update)
class UpdateAdmin(admin.ModelAdmin):
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
            told = _("Choose an update of this demand that nothing corrects yet.")
            kwargs["queryset"] = _can_be_corrected(request)
            kwargs |= {"form_class": CorrectedField, "error_messages": {"invalid_choice": told}}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Update, form: Any, change: bool) -> None:
        following.record(obj, by=request.user, checked_on=timezone.localdate())  # type: ignore[arg-type]


def _can_be_corrected(request: HttpRequest) -> UpdateQuerySet:
    """Those of the demand that the form or the address names; of every demand where neither does."""
    rows = Update.objects.standing().with_place().newest_first()
    demand = request.POST.get("recommendation") or request.GET.get("recommendation", "")
    try:
        return rows.filter(recommendation=int(demand))
    except ValueError:
        return rows
