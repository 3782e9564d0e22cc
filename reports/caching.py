"""How long what we publish may be kept: by readers and proxies, and by this process."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe

View = Callable[..., HttpResponse]
DAY = 24 * 3600
# All that a page of the report is made of. The drafts among it have an hour from which they are public.
DRAFTED = ("report", "sector", "arrangement", "recommendation", "term")
OTHERS = ("body", "update", "moved", "shareimage", "recommendation_asked_of", "arrangement_shared_by")
HASHED = [
    *(f"concat(xmin, ctid, published_at <= %(now)s)) FROM reports_{table}" for table in DRAFTED),
    *(f"concat(xmin, ctid)) FROM reports_{table}" for table in OTHERS),
]
ROWS = " UNION ALL ".join(f"SELECT hashtext({hashed}" for hashed in HASHED)
EDITION = f"SELECT count(*), sum(hash) FROM ({ROWS}) AS rows (hash)"  # noqa: S608


def shown_at_once(view: View) -> View:
    """Anybody may keep the page, and asks before showing it again: what staff publish shows at once."""
    return require_safe(cache_control(public=True, max_age=0, must_revalidate=True)(conditional_page(view)))


def kept(view: View) -> View:
    """Draw a page of the report once for each edition; all of it comes from the rows and the address."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        if settings.DEBUG or request.method not in ("GET", "HEAD"):
            return view(request, *args, **named)
        key = sha256(f"{edition()} {request.path}".encode()).hexdigest()
        drawn = cache.get(key)
        if drawn is None:
            drawn = view(request, *args, **named)
            if drawn.status_code == 200:
                cache.set(key, (drawn.content, dict(drawn.headers)), DAY)
            return drawn
        content, headers = drawn
        return HttpResponse(content, headers=headers)

    return answer


def edition() -> str:
    """Changes with any row of the report, by whatever way it was written, and when one's hour to be public comes.

    Each write gives a row another xmin and another place; summed up, so that no order of commits hides one.
    """
    with connection.cursor() as cursor:
        cursor.execute(EDITION, {"now": timezone.now()})
        number, total = cursor.fetchone()
    return f"{number}:{total}"
