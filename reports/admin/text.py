"""What all the text of the report has in common at the desk: a preview, a history, and no deleting."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST
from simple_history.admin import SimpleHistoryAdmin

from pledges.admin_base.plain_text import PlainText
from pledges.public_forms.fields import TidyField
from reports import share_images
from reports.admin.edit_conflicts import SeenForm
from reports.pages import Page

# Texts are tidied; an address that is typed without a scheme is one of https.
TYPED: Mapping[type[models.Field], Mapping[str, Any]] = {
    models.CharField: {"form_class": TidyField},
    models.SlugField: {},  # a CharField too, with rules of its own
    models.TextField: {"form_class": TidyField},
    models.URLField: {"assume_scheme": "https"},
}


class TextAdmin(PlainText, SimpleHistoryAdmin):
    """Nothing is deleted: what nobody should see becomes a draft. Earlier versions can be read, not edited."""

    form = SeenForm
    change_form_template = "admin/reports/text_form.html"
    formfield_overrides = TYPED
    object_history_list_template = "admin/reports/history.html"
    # Part of addresses and links from elsewhere: fixed once it is there.
    lasting: Sequence[str] = ()

    def page(self, obj: Any) -> Page:
        """The page that shows it."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_preview"
        preview = self.admin_site.admin_view(require_POST(self.preview))
        return [path("preview/", preview, name=name), *super().get_urls()]

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
        """An earlier version, to read. Whatever is posted here would become the newest one, unchecked."""
        if request.method == "POST":
            raise PermissionDenied
        obj = self.get_object(request, unquote(object_id))
        if obj is None or not re.fullmatch("[0-9]{1,18}", version_id):
            raise Http404
        return super().history_form_view(request, str(obj.pk), version_id, extra_context)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        """When it is published is said last."""
        return sorted(super().get_fields(request, obj), key=lambda name: name == "published_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
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

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        share_images.redraw()

    def preview(self, request: HttpRequest) -> HttpResponse:
        """The public page as it would be, saved for no longer than it takes to draw it."""
        obj = self.get_object(request, request.GET.get("of", "")) if "of" in request.GET else None
        if not (self.has_change_permission(request, obj) if obj else self.has_add_permission(request)):
            raise PermissionDenied
        form = self.get_form(request, obj, change=obj is not None)(request.POST, instance=obj)
        form.is_preview = True
        if not form.is_valid():
            return TemplateResponse(request, "admin/reports/unfit.html", {"form": form}, status=422)
        with transaction.atomic():
            row: Any = form.save()
            make_public(row)
            template, context = self.page(row)
            context |= {"page": template, "canonical": settings.SITE_ORIGIN + row.get_absolute_url()}
            response = TemplateResponse(request, "admin/reports/preview.html", context)
            response.render()
            transaction.set_rollback(True)
        return response


def make_public(row: models.Model) -> None:
    """A draft has to be public to stand on its page."""
    if hasattr(row, "published_at"):
        now = timezone.now()
        type(row)._default_manager.filter(pk=row.pk).update(published_at=min(row.published_at or now, now))
