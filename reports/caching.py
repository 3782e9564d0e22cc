"""How long what we publish may be kept."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

View = Callable[..., HttpResponseBase]


def shown_at_once(view: View) -> View:
    """Anybody may keep the page, and asks before showing it again: what staff publish shows at once."""
    return require_safe(cache_control(public=True, max_age=0, must_revalidate=True)(conditional_page(view)))
