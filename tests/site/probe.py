"""The URLs of the site, with a few views added that do what no view of ours should."""

import psycopg
from django.db import IntegrityError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt

from campaign.urls import handler400, handler403, handler404, handler500  # noqa: F401
from campaign.urls import urlpatterns as site

CANARY = "Canary-7F3A"


@cache_control(public=True)
def public(request: HttpRequest) -> HttpResponse:
    return HttpResponse("the same for everybody")


@cache_control(public=True)
def own(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("somebody's own")
    response.set_cookie("who", "alice")
    return response


def silent(request: HttpRequest) -> HttpResponse:
    return HttpResponse("says nothing of caches")


@csrf_exempt
@cache_control(public=True)
def form(request: HttpRequest) -> HttpResponse:
    return HttpResponse(repr(request.POST.dict()))


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a form that somebody forgot to exempt")


def broken(request: HttpRequest) -> HttpResponse:
    personal = CANARY
    raise ValueError(f"{personal} and {request.GET.get('q')}")


def collision(request: HttpRequest) -> HttpResponse:
    cause = psycopg.errors.UniqueViolation(f"DETAIL: Key (digest)=({CANARY}) already exists.")
    raise IntegrityError(str(cause)) from cause


def away(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the connection is lost")


urlpatterns = [
    *site,
    *(
        path(f"probe/{view.__name__}/", view, name=view.__name__)
        for view in [public, own, silent, form, forgotten, broken, collision, away]
    ),
    path("probe/secret/<token>/", broken, name="secret"),
]
