"""The pages of the house itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True)
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "campaign/home.html")


@require_safe
@cache_control(public=True)
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "campaign/about.html")


@require_safe
@cache_control(public=True)
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "campaign/privacy.html")
