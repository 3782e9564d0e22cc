"""The admin pages of updates: record, preview, edit or delete within an hour, correct later."""

import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from pledges.admin_base.edit_conflicts import EditConflictForm
from pledges.admin_base.plain_text import PlainText
from pledges.admin_base.read_only import NoRelatedLinks, TitledList
from reports import pages, record_updates
from reports.admin.previews import PreviewAdmin, make_public
from reports.admin.text import TYPED
from reports.models import Recommendation, Status, Update
from reports.models.updates import UpdateQuerySet
from reports.pages import Page

# Groups of fields that a correction takes over from the update that it corrects, if all fields of the group are empty.
TAKEN_OVER = [
    ("happened_on", "precision"),
    ("status_after", "status_note"),
    ("second_source_name", "second_source_url"),
    ("reported_by",),
]


class UpdateForm(EditConflictForm):
    """The form of an update. `shown` is the id of the update that it was filled from: fields that were emptied then
    stay empty.
    """

    shown = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "happened_on" in self.fields:  # absent if the update can only be read
            self.fields["happened_on"].required = False
            self.fields["status_after"].choices = [("", _("unchanged")), *Status.choices]  # type: ignore[attr-defined]

    def clean_happened_on(self) -> datetime.date | None:
        """Refuses a day in the future, which is usually a wrong year.

        The model does not check this, because `load_report` must work on a machine whose clock is behind.
        """
        day = self.cleaned_data["happened_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("That day is in the future. Check the year."))
        return day

    def clean(self) -> dict[str, Any]:
        """Fills in the fields that a correction leaves empty, from the update that it corrects."""
        cleaned = super().clean() or {}
        if self.instance.pk and not self.instance.is_editable:
            raise ValidationError(
                _("The hour in which it could be edited is over. Copy what you wrote, and choose “Correct this”.")
            )
        corrected = cleaned.get("supersedes")
        if corrected and cleaned.get("shown") != corrected.pk:
            for names in TAKEN_OVER:
                if not any(cleaned.get(name) for name in names if name != "precision"):
                    cleaned |= {name: getattr(corrected, name) for name in names}
        if not cleaned.get("happened_on") and "happened_on" not in self.errors:
            self.add_error("happened_on", self.fields["happened_on"].error_messages["required"])
        self._refuse_repeat(cleaned)
        return cleaned

    def _refuse_repeat(self, cleaned: dict[str, Any]) -> None:
        """Refuses an update that exists already, for example if the form is sent twice: later it could not be
        deleted.
        """
        same = {name: cleaned.get(name) for name in ("recommendation", "happened_on", "what", "source_url")}
        recorded = Update.objects.not_corrected().filter(**same) if all(same.values()) else Update.objects.none()
        if recorded.exclude(pk=getattr(cleaned.get("supersedes"), "pk", 0)).exists():
            raise ValidationError(_("This is recorded already: the same day, words and source."))


class CorrectedField(forms.ModelChoiceField):
    """Names each update by its day and its text: several of one recommendation may have the same day."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj}: {Truncator(obj.what).chars(80)}"


@admin.register(Update)
class UpdateAdmin(TitledList, NoRelatedLinks, PlainText, PreviewAdmin):
    """An update is public at once. For an hour it can be edited or deleted, later only corrected."""

    form = UpdateForm
    change_form_template = "admin/reports/update_form.html"
    list_display = ["recommendation", "happened", "what_happened", "status", "next_step", "recorded"]
    add_title = _("Record an update")
    list_select_related = ["recommendation__sector", "recorded_by"]
    list_filter = ["recommendation__sector"]
    actions = None
    ordering = ["-recorded_at"]
    formfield_overrides = TYPED

    @admin.display(description=_("happened"))
    def happened(self, obj: Update) -> str:
        return obj.happened_text

    @admin.display(description=_("what happened"))
    def what_happened(self, obj: Update) -> str:
        return Truncator(obj.what).chars(160)

    @admin.display(description=_("recorded"), ordering="recorded_at")
    def recorded(self, obj: Update) -> str:
        by = obj.recorded_by.get_short_name() if obj.recorded_by else _("the command line")
        return f"{date_format(timezone.localtime(obj.recorded_at), 'j M Y, H:i')}, {by}"

    @admin.display(description=_("status"))
    def status(self, obj: Update) -> str:
        return str(obj.status_text)

    @admin.display(description=_("next step"))
    def next_step(self, obj: Update) -> str:
        """Returns the link beside an update: to edit it in its first hour, to correct it later."""
        if obj.is_editable:
            address, label = reverse("admin:reports_update_change", args=[obj.pk]), _("Edit or delete")
        elif obj.is_corrected:
            return str(_("Corrected"))
        else:
            address, label = correction_address(obj), _("Correct this")
        return format_html('<a href="{}">{}</a>', address, label)

    def page(self, obj: Update) -> Page:
        found = Recommendation.objects.with_addressees().get(pk=obj.recommendation_id)
        make_public(found)
        return pages.recommendation(found)

    def save_for_preview(self, request: HttpRequest, form: Any) -> Update:
        update = form.save(commit=False)
        write = record_updates.edit if update.pk else record_updates.record
        return write(update, checked_on=timezone.localdate())

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().add_view(request, form_url, {"title": self.add_title, **(extra_context or {})})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allows POST after the hour too: a form that was opened within it then shows an error instead of a 403."""
        may = obj is None or obj.is_editable or request.method == "POST"
        return may and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allows deleting within the hour with the permission to change; no role has one to delete."""
        return obj is not None and obj.is_editable and super().has_change_permission(request, obj)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["recommendation"] if obj else []

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["of_recommendation", "supersedes"] if obj else []

    @admin.display(description=_("recommendation"))
    def of_recommendation(self, obj: Update) -> str:
        """Returns its name without Django's link to its page, which auditors may not open."""
        return str(obj.recommendation)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("superseded_by")

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "recommendation":
            kwargs["queryset"] = Recommendation.objects.select_related("sector")
        if db_field.name == "supersedes":
            message = _("Choose an update of this recommendation that nothing corrects yet.")
            kwargs["queryset"] = _can_be_corrected(request)
            kwargs |= {"form_class": CorrectedField, "error_messages": {"invalid_choice": message}}
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Returns, for a correction, the values of the update that it corrects."""
        given = super().get_changeform_initial_data(request)
        corrected = self.get_object(request, request.GET.get("supersedes", ""))
        if corrected is None:
            return {name: value for name, value in given.items() if name != "supersedes"}
        return given | forms.model_to_dict(corrected) | {"supersedes": corrected.pk, "shown": corrected.pk}

    def save_model(self, request: HttpRequest, obj: Update, form: Any, change: bool) -> None:
        before = Recommendation.objects.get(pk=obj.recommendation_id).status_text
        write = record_updates.edit if change else record_updates.record
        write(obj, by=request.user, checked_on=timezone.localdate())  # type: ignore[arg-type]
        self._tell_status(request, obj, before)

    def delete_model(self, request: HttpRequest, obj: Update) -> None:
        before = obj.recommendation.status_text
        record_updates.delete_within_hour(obj, by=request.user, checked_on=timezone.localdate())  # type: ignore[arg-type]
        self._tell_status(request, obj, before)

    def _tell_status(self, request: HttpRequest, obj: Update, before: str) -> None:
        values = {"recommendation": obj.recommendation.name, "before": before}
        values["now"] = Recommendation.objects.get(pk=obj.recommendation_id).status_text
        if values["now"] == before:
            messages.info(request, _("The status of %(recommendation)s stays “%(now)s”.") % values)
        else:
            messages.warning(
                request, _("The status of %(recommendation)s is now “%(now)s”; it was “%(before)s”.") % values
            )


def correction_address(update: Update) -> str:
    """Returns the address of the form for an update that corrects this one."""
    add = reverse("admin:reports_update_add")
    return f"{add}?recommendation={update.recommendation_id}&supersedes={update.pk}"


def _can_be_corrected(request: HttpRequest) -> UpdateQuerySet:
    """Returns the updates that can be corrected: those of the recommendation in the form or the query, else all."""
    rows = Update.objects.not_corrected().with_recommendation().newest_first()
    recommendation = request.POST.get("recommendation") or request.GET.get("recommendation", "")
    try:
        return rows.filter(recommendation=int(recommendation))
    except ValueError:
        return rows
