"""Shared by the views of the staff area: the page with the admin's context, and the signed-in member of staff."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse

from campaign.staff.models import StaffUser


def page(request: HttpRequest, name: str, status: int = 200, **context: Any) -> TemplateResponse:
    """Returns the page of the template `admin/<name>.html`, with the context that every admin page has."""
    context = {**admin.site.each_context(request), **context}
    return TemplateResponse(request, f"admin/{name}.html", context, status=status)


def signed_in(request: HttpRequest) -> StaffUser:
    return cast(StaffUser, request.user)
