"""Shared by our own views in the staff area: rendering, permissions, the member of staff, reading of refs."""

import copy
from contextlib import suppress
from typing import Any, cast
from uuid import UUID

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest
from django.template.response import TemplateResponse

may_read = permission_required("pledges.view_organisation", raise_exception=True)
may_decide = permission_required("pledges.decide_organisation", raise_exception=True)
may_enter = permission_required("pledges.enter_organisation", raise_exception=True)


def page(request: HttpRequest, name: str, status: int = 200, /, **context: Any) -> TemplateResponse:
    """Renders `templates/admin/<name>.html` with what every staff page shows; 422 if its `form` has errors.

    A name like "pledges/organisation/enter" begins with an app and a model, to which the page then leads back. Where
    `form` or one of `forms` has errors, the page opens at the first of them.
    """
    *model, _page = name.split("/")
    section = {"section": apps.get_model(model[0], model[1])._meta} if len(model) == 2 else {}
    if status == 200 and "form" in context and context["form"].errors:
        status = 422
    for form in (context.get("form"), *context.get("forms", {}).values()):
        if form is not None and form.errors:
            _focus_first_error(form)
    context = {**admin.site.each_context(request), **section, **context}
    return TemplateResponse(request, f"admin/{name}.html", context, status=status)


def _focus_first_error(form: forms.BaseForm) -> None:
    """Sets `autofocus` on the first field with an error; if none has one, on the first field."""
    names = [name for name, field in form.fields.items() if not field.widget.is_hidden]
    for name in ([name for name in names if name in form.errors] or names)[:1]:
        if not isinstance(form.fields[name].widget, forms.RadioSelect):  # each of its choices would get the attribute
            field = form.fields[name] = form[name].field = copy.copy(form.fields[name])
            field.widget = copy.deepcopy(field.widget)  # all forms share that of a CleanField
            field.widget.attrs["autofocus"] = True


def staff(request: HttpRequest) -> AbstractBaseUser:
    """The member of staff who sent the request; only they can open admin views."""
    return cast(AbstractBaseUser, request.user)


def valid_uuids(sent: list[str], most: int) -> list[UUID]:
    """Those of the first `most` values that are UUIDs."""
    found = []
    for value in sent[:most]:
        with suppress(ValueError):
            found.append(UUID(value))
    return found
