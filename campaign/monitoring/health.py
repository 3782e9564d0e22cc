"""Health checks: `/healthz` (the process runs), `/readyz` (it can serve pages), `/readyz.json` (with figures)."""

import functools
import logging

from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaign.monitoring import status
from campaign.postgresql import checks as database_checks

log = logging.getLogger(__name__)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answers 200 if the static files are collected and the database answers and has every migration of this code, else
    503 and the reason.
    """
    reason = _reason_not_ready()
    if reason:
        log.warning("not ready: %s", reason)
    return HttpResponse(reason or "ok", content_type="text/plain; charset=utf-8", status=503 if reason else 200)


@require_safe
def readyz_json(request: HttpRequest) -> JsonResponse:
    """Answers with JSON for monitoring: whether the site is ready, its figures, and the kinds of its problems."""
    reason, figures, problems = _reason_not_ready(), dict[str, object](), list[str]()
    try:
        state = status.measure(timezone.now())
        figures, problems = state.figures(), [problem.kind for problem in state.problems()]
    except Error:
        problems = ["database_away"]
    answer = {"ready": not reason, "reason": reason, "problems": problems, **figures}
    return JsonResponse(answer, status=503 if reason else 200)


def _reason_not_ready() -> str:
    if not status.are_static_files_ready():
        return "the collected static files are missing: run collectstatic"
    try:
        pending = _expected() - MigrationRecorder(connection).applied_migrations().keys()
    except Error:
        return "the database does not answer"
    if pending:
        return "migrations are pending"
    reason = database_checks.digest_keys_problem()  # the database may have been away when this process started
    return f"{reason.id}: {reason.msg}" if reason else ""


@functools.cache
def _expected() -> set[tuple[str, str]]:
    """Returns the migrations on disk, as (app, name). They are read once, because the code of a process does not
    change.
    """
    return set(MigrationLoader(None).disk_migrations)
