"""Shows staff the public page as it would look, before anything is saved."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from reports.pages import Page


class PreviewAdmin(admin.ModelAdmin):
    """Adds `preview/` to an admin page: it takes what the form would save and returns the public page with it."""

    def page(self, obj: Any) -> Page:
        """Returns the template and the context of the page that shows the row."""
        raise NotImplementedError

    def save_for_preview(self, request: HttpRequest, form: Any) -> Any:
        """Saves the form in a transaction that is rolled back, and returns the row."""
        row = form.save()
        make_public(row)
        return row

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_preview"
        preview = self.admin_site.admin_view(require_POST(self.preview))
        return [path("preview/", preview, name=name), *super().get_urls()]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Shows the public page with the values of the form: the form is saved, the page rendered, and the saving
        undone.
        """
        obj = self.get_object(request, request.GET.get("of", "")) if "of" in request.GET else None
        if not (self.has_change_permission(request, obj) if obj else self.has_add_permission(request)):
            raise PermissionDenied
        form: Any = self.get_form(request, obj, change=obj is not None)(request.POST, instance=obj)
        form.is_preview = True
        if form.is_valid():
            try:
                return self._rendered(request, form)
            except ValidationError as error:
                form.add_error(None, error.messages)
        return TemplateResponse(request, "admin/reports/preview_invalid.html", {"form": form}, status=422)

    def _rendered(self, request: HttpRequest, form: Any) -> HttpResponse:
        with transaction.atomic():
            row = self.save_for_preview(request, form)
            template, context = self.page(row)
            context |= {"page": template, "canonical": settings.SITE_ORIGIN + row.get_absolute_url()}
            response = TemplateResponse(request, "admin/reports/preview.html", context)
            response.render()
            transaction.set_rollback(True)
        return response


def make_public(row: models.Model) -> None:
    """Publishes an unpublished row for the preview, because its public page would not show it otherwise."""
    if hasattr(row, "published_at"):
        now = timezone.now()
        type(row)._default_manager.filter(pk=row.pk).update(published_at=min(row.published_at or now, now))
