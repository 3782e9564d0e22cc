"""The pages that show the register of personal data, field by field."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from campaign.privacy import data_register


@require_safe
@cache_control(public=True)
def data(request: HttpRequest) -> HttpResponse:
    page = {"groups": data_register.as_data(), "processors": settings.PROCESSORS}
    return render(request, "campaign/data.html", page)


@require_safe
@cache_control(public=True)
def data_json(request: HttpRequest) -> HttpResponse:
    controller, processors = settings.CONTROLLER, settings.PROCESSORS
    return JsonResponse(
        {"controller": controller, "processors": processors, "groups": data_register.as_data()},
        json_dumps_params={"indent": 1, "ensure_ascii": False},
    )
