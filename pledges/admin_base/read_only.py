"""Base classes of admin pages that only show rows; what staff can do has views of its own."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from pledges.admin_base.plain_text import PlainText

# The lookups that the filters of the admin use.
LOOKUPS = ("", "__exact", "__id__exact", "__isnull", "__gte", "__lt")


class ChoiceFilter(admin.SimpleListFilter):
    """A filter that ignores a value which is not among its choices."""

    def value(self) -> str | None:
        value = super().value()
        return value if value in {str(choice) for choice, _label in self.lookup_choices} else None


class SafeChangeList(ChangeList):
    """A list that ignores an impossible date in its URL instead of answering with a server error.

    "Clear all filters" also clears year, month and day: Django's own link turns them into a range of times, which
    `lookup_allowed` refuses.
    """

    def get_queryset(self, *args: Any, **kwargs: Any) -> models.QuerySet:
        try:
            rows = super().get_queryset(*args, **kwargs)
        except OverflowError as error:
            raise IncorrectLookupParameters from error
        self.clear_all_filters_qs = self.get_query_string(remove=self.get_filters_params())
        return rows


class TitledList:
    """Mixed into a ModelAdmin: its list is titled with the model's name, not "Select … to change"."""

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        title = {"title": capfirst(self.opts.verbose_name_plural)}  # type: ignore[attr-defined]
        return super().changelist_view(request, {**title, **(extra_context or {})})  # type: ignore[misc]


class NoRelatedLinks:
    """Mixed into a ModelAdmin: no pencil, plus and eye beside a choice of rows; each kind of row has its own list."""

    def formfield_for_dbfield(self, *args: Any, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(*args, **kwargs)  # type: ignore[misc]
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class ReadingAdmin(TitledList, PlainText, admin.ModelAdmin):
    """A list and pages to read; adding and changing is refused unless a subclass allows it."""

    actions = None
    show_full_result_count = False
    list_per_page = 50
    # One field for date and time, with the browser's own picker.
    formfield_overrides = {
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }
    }

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SafeChangeList

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allows only the lookups of the page's filters, so that a URL can't filter by another column."""
        names = [getattr(item, "parameter_name", item) for item in self.list_filter]
        days = [f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")]
        return lookup in {*days, *(f"{name}{suffix}" for name in names for suffix in LOOKUPS)}

    def render_change_form(self, request: HttpRequest, context: dict, *args, **kwargs) -> HttpResponse:
        """Hides the buttons to add another row and to continue editing."""
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)


class RefAdmin(ReadingAdmin):
    """An admin for rows that have a view of ours (`page` is its URL name): the admin's own links redirect there."""

    page: str

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied  # before the look-up, so that the answer does not show whether the row exists
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return redirect(self.page, row.ref)


class RecordAdmin(ReadingAdmin):
    """An admin for records of what staff decided, which triggers refuse to change. The list shows all of a record, so
    rows have no page.
    """

    list_display_links = None
    list_select_related = ("decided_by",)
    date_hierarchy = "decided_at"
    ordering = ("-decided_at",)

    @admin.display(description=_("decided by"), ordering="decided_by")
    def decider(self, record: Any) -> str:
        return record.decided_by.get_short_name() if record.decided_by else gettext("the organisation itself")
