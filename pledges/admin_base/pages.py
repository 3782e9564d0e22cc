"""How our own views in the admin render a page, and the permissions that they ask for."""

from typing import Any, cast

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest
from django.template.response import TemplateResponse

may_read = permission_required("pledges.view_organisation", raise_exception=True)
may_decide = permission_required("pledges.decide_organisation", raise_exception=True)
may_enter = permission_required("pledges.enter_organisation", raise_exception=True)


def page(request: HttpRequest, name: str, status: int = 200, **context: Any) -> TemplateResponse:
    """A page of the admin from `templates/admin/pledges/<name>.html`; its folder names the list it belongs to."""
    section = apps.get_model("pledges", name.partition("/")[0])._meta
    context = {**admin.site.each_context(request), "section": section, **context}
    return TemplateResponse(request, f"admin/pledges/{name}.html", context, status=status)


def staff(request: HttpRequest) -> AbstractBaseUser:
    """The member of staff who sent the request; admin views are open to no others."""
    return cast(AbstractBaseUser, request.user)
