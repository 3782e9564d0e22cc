"""What the admin screens of all texts of the report have in common: a preview, a history, and no deleting."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from simple_history.admin import SimpleHistoryAdmin

from pledges.admin_base.edit_conflicts import SeenForm
from pledges.admin_base.plain_text import PlainText
from pledges.public_forms.fields import TidyField
from reports.admin.previews import PreviewAdmin

# Texts are tidied; an address that is typed without a scheme is one of https.
TYPED: Mapping[type[models.Field], Mapping[str, Any]] = {
    models.CharField: {"form_class": TidyField},
    models.SlugField: {},  # a CharField too, with rules of its own
    models.TextField: {"form_class": TidyField},
    models.URLField: {"assume_scheme": "https"},
}


class TextAdmin(PlainText, SimpleHistoryAdmin, PreviewAdmin):
    """Texts are never deleted, only made drafts. Earlier versions can be read, not edited."""

    form = SeenForm
    change_form_template = "admin/reports/text_form.html"
    formfield_overrides = TYPED
    object_history_list_template = "admin/reports/history.html"
    # Part of addresses and links from elsewhere: fixed once it is there.
    lasting: Sequence[str] = ()

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        """To go back to an earlier version would take its status with it."""
        return True

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if self.get_object(request, unquote(object_id)) is None:
            raise Http404
        return super().history_view(request, object_id, extra_context)

    def history_form_view(
        self, request: HttpRequest, object_id: str, version_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Shows an earlier version. A POST is refused: it would become the newest version without any check."""
        if request.method == "POST":
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not re.fullmatch("[0-9]{1,18}", version_id):
            raise Http404
        return super().history_form_view(request, str(obj.pk), version_id, extra_context)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """When it is published is said last."""
        return sorted(super().get_fields(request, obj), key=lambda name: name == "published_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*super().get_readonly_fields(request, obj), *(self.lasting if obj else ())]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Only what the form shows: another column may have changed under it. No news, no new version."""
        obj._history_user = request.user
        if change and not form.has_news:
            return
        if change:
            own = {field.name for field in self.opts.local_fields} & set(form.cleaned_data)
            obj.save(update_fields=[*own, "changed_at"])
        else:
            obj.save()
