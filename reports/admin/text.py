"""The base of the admin pages of the report's texts: preview, drafts, history, and no deleting."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from pledges.admin_base.edit_conflicts import EditConflictForm
from pledges.admin_base.plain_text import PlainText
from pledges.admin_base.read_only import NoRelatedLinks, TitledList
from pledges.public_forms.fields import TidyField
from reports.admin import drafts
from reports.admin.history import HistoryAdmin
from reports.admin.previews import PreviewAdmin
from reports.models import Draft

# White space is tidied; an address that is typed without http(s) gets https.
TYPED: Mapping[type[models.Field], Mapping[str, Any]] = {
    models.CharField: {"form_class": TidyField},
    models.SlugField: {},  # a CharField too, with rules of its own
    models.TextField: {"form_class": TidyField},
    models.URLField: {"assume_scheme": "https"},
}


class TextAdmin(TitledList, NoRelatedLinks, PlainText, HistoryAdmin, PreviewAdmin):
    """The admin of a text. Texts are never deleted. A public text has at most one draft; an earlier version is restored
    as a draft.
    """

    form = EditConflictForm
    change_form_template = "admin/reports/text_form.html"
    formfield_overrides = TYPED
    object_history_list_template = "admin/reports/history.html"
    object_history_form_template = "admin/reports/earlier.html"
    # Fields that are read-only once the row exists, because they are part of its address.
    fixed_fields: Sequence[str] = ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Returns the form of the text, filled in with its draft if the URL asks for it."""
        form = super().get_form(request, obj, change, **kwargs)
        if obj and request.method == "GET" and "draft" in request.GET:
            draft = Draft.objects.of(obj).first()
            return _filled(form, draft) if draft else form
        if obj and request.method == "POST" and ("_draft" in request.POST or "draft" in request.GET):
            return _refusing(form, drafts.problem(request, obj))
        return form

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        row: Any = self.get_object(request, unquote(object_id)) if object_id else None
        if row and request.method == "POST" and self.has_change_permission(request, row):
            if "_discard" in request.POST:
                return drafts.discard(request, row)
            form: Any = self.get_form(request, row, change=True)
            if "_draft" in request.POST and form(request.POST, instance=row).is_valid():
                return drafts.save(request, row)
        found = {**self._about_draft(request, row), "is_public": _is_public(row)} if row else {}
        return super().changeform_view(request, object_id, form_url, {**found, **(extra_context or {})})

    def _about_draft(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Returns the context about the text's draft; what it would change, where the form is filled with it."""
        draft = Draft.objects.of(row).first()
        if draft is None:
            return {}
        found = {"draft": draft, "draft_address": drafts.address(draft), "draft_version": drafts.version(draft)}
        found["draft_is_open"] = "draft" in request.GET
        if request.method == "GET" and found["draft_is_open"]:
            form: Any = self.get_form(request, row, change=True)(instance=row)
            form.is_preview = True  # so that a change of the public text is no error here
            form.full_clean()
            found["draft_changes"] = form.differences()
        return found

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change and "published_at" in form.changed_data and not form.instance.published_at:
            messages.warning(
                request, _("This text is not public any more. A recommendation's address says that it was withdrawn.")
            )
        draft = Draft.objects.of(form.instance).first() if change else None
        if draft and "draft" in request.GET:
            draft.delete()
        elif draft and form.changed_data:
            message = _(
                "The draft by %(who)s was begun before this change, and can’t be published as it is. Open it, combine "
                "both texts, and save it again."
            )
            messages.warning(request, message % {"who": draft.author})

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """Always True: django-simple-history may not revert a row, because that would revert its status too."""
        return True

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            raise Http404
        found = {"may_restore": self.has_change_permission(request, obj)}
        return super().history_view(request, object_id, {**found, **(extra_context or {})})

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Shows an earlier version, or makes a draft of it, which an editor checks before it is published."""
        if request.method == "POST" and "_restore" not in request.POST:
            raise PermissionDenied
        obj: Any = self.get_object(request, unquote(object_id))
        if obj is None or not re.fullmatch("[0-9]{1,18}", version_id):
            raise Http404
        version = get_object_or_404(obj.history, pk=version_id)
        if request.method == "POST":
            if not self.has_change_permission(request, obj):
                raise PermissionDenied
            form = self.get_form(request, obj, change=True)(instance=obj)
            return drafts.restore(request, obj, form, version.instance)
        may_restore = version.next_record is not None and self.has_change_permission(request, obj)
        found = {"version": version, "may_restore": may_restore, "title": _("Earlier version")}
        return super().history_form_view(request, str(obj.pk), version_id, {**found, **(extra_context or {})})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        boxes = {"widget": forms.CheckboxSelectMultiple}
        return super().formfield_for_manytomany(db_field, request, **{**boxes, **kwargs})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leaves out the many-to-many fields of an earlier version, because only the current links are stored."""
        if _is_earlier_version(request):
            return [(None, {"fields": self._columns()})]
        return super().get_fieldsets(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Puts the time of publication last."""
        return sorted(super().get_fields(request, obj), key=lambda name: name == "published_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if _is_earlier_version(request):
            return self._columns()
        return [*super().get_readonly_fields(request, obj), *(self.fixed_fields if obj else ())]

    def _columns(self) -> list[str]:
        return [field.name for field in self.opts.local_fields if field.editable and not field.primary_key]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Saves only the fields of the form, because others may have changed meanwhile; nothing if none has changed."""
        obj._history_user = request.user
        if change and not form.changed_data:
            return
        if change:
            own = {field.name for field in self.opts.local_fields} & set(form.cleaned_data)
            obj.save(update_fields=[*own, "changed_at"])
        else:
            obj.save()


def _is_public(row: Any) -> bool:
    """Whether a text is public now; bodies have no time of publication and always are."""
    if not hasattr(row, "published_at"):
        return True
    return row.published_at is not None and row.published_at <= timezone.now()


def _is_earlier_version(request: HttpRequest) -> bool:
    """Whether the request shows an earlier version of a text, without form fields."""
    match = request.resolver_match
    return request.method != "POST" and bool(match and (match.url_name or "").endswith("_simple_history"))


def _filled(form: Any, draft: Draft) -> Any:
    """Returns the form class, bound to the values of a draft."""

    class Filled(form):
        def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
            super().__init__(drafts.form_data(draft) if data is None else data, *args, **kwargs)

    return Filled


def _refusing(form: Any, problem: str) -> Any:
    """Returns the form class with the problem as an error."""

    class Refusing(form):
        def clean(self) -> Any:
            if problem:
                raise ValidationError(problem)
            return super().clean()

    return Refusing
