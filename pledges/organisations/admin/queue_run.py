"""A moderator's run through the queue: the organisations that were in it at the start, and the place among them.

It is stored in the session, so that "3 of 16" stays right while decided organisations leave the queue, and so that it
ends.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest

from pledges.models import OpenScreen, Organisation
from pledges.models.organisations import OrganisationQuerySet, later_in_queue

KEY = "queue"
MOST = 200
# For how long a page that a colleague opened is considered open.
LOOKING = timedelta(minutes=5)


def start(request: HttpRequest, first: Organisation | None = None) -> list[str]:
    """Starts a run, at the oldest or at `first`; returns the refs in order."""
    rows = Organisation.objects.queued()
    ordered: list[OrganisationQuerySet] = [rows]
    refs = []
    if first is not None:
        refs = [str(first.ref)]
        ordered = [rows.filter(later_in_queue(first)), rows.exclude(later_in_queue(first))]
    refs += [str(ref) for some in ordered for ref in some.values_list("ref", flat=True)[:MOST]]
    request.session[KEY] = list(dict.fromkeys(refs))[:MOST]
    return request.session[KEY]


def end(request: HttpRequest) -> int:
    """Ends the run; returns how many organisations it had."""
    return len(request.session.pop(KEY, []))


def place(request: HttpRequest, organisation: Organisation) -> tuple[int, int] | None:
    """The number of the organisation in the run, and how many it has. One that is not in it starts another run."""
    refs = request.session.get(KEY, [])
    if str(organisation.ref) not in refs:
        if not organisation.is_waiting or organisation.asked_at:
            return None
        refs = start(request, organisation)
    return refs.index(str(organisation.ref)) + 1, len(refs)


def following(request: HttpRequest, organisation: Organisation, now: datetime) -> Organisation | None:
    """The next of the run that still waits, if possible one that no colleague has open; None at the end."""
    refs = request.session.get(KEY, [])
    at = refs.index(str(organisation.ref)) + 1 if str(organisation.ref) in refs else 0
    waiting = {str(row.ref): row for row in Organisation.objects.queued().filter(ref__in=refs[at:])}
    rows = [waiting[ref] for ref in refs[at:] if ref in waiting]
    busy = set(opened_by_colleagues(request, now).values_list("organisation_id", flat=True))
    return next((row for row in rows if row.pk not in busy), next(iter(rows), None))


def mark_opened(request: HttpRequest, organisation: Organisation, now: datetime) -> None:
    """Records that this member of staff has the page open."""
    OpenScreen.objects.update_or_create(
        organisation=organisation, staff_id=request.user.pk, defaults={"opened_at": now}
    )


def mark_closed(request: HttpRequest, organisation: Organisation) -> None:
    OpenScreen.objects.filter(organisation=organisation, staff_id=request.user.pk).delete()


def opened_by_colleagues(request: HttpRequest, now: datetime) -> QuerySet[OpenScreen]:
    """The pages that colleagues have opened within the last minutes."""
    rows = OpenScreen.objects.filter(opened_at__gt=now - LOOKING).exclude(staff_id=request.user.pk)
    return rows.select_related("staff").order_by("-opened_at")
