"""The pages of the house itself."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "campaign/home.html")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "campaign/about.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "campaign/privacy.html")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
