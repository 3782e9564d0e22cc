"""The page for journalists."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from reports import pages


@require_safe
@cache_control(public=True)
def press(request: HttpRequest) -> HttpResponse:
    return render(request, *pages.press())
