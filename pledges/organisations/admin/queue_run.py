"""One walk through the queue: which organisations a moderator set out to see, and where among them they are.

It is stored in the session, so that "3 of 16" counts on while decided ones leave the queue, and so that it ends.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import HttpRequest

from pledges.models import OpenScreen, Organisation
from pledges.models.organisations import OrganisationQuerySet, later_in_queue

KEY = "queue"
MOST = 200
# A colleague who opened a screen so long ago or less is taken to be looking at it.
LOOKING = timedelta(minutes=5)


def start(request: HttpRequest, first: Organisation | None = None) -> list[str]:
    """Begins a walk, at the oldest or at `first`; returns the refs in the order in which they come."""
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
    """Ends the walk; returns of how many organisations it was."""
    return len(request.session.pop(KEY, []))


def place(request: HttpRequest, organisation: Organisation) -> tuple[int, int] | None:
    """The number of the organisation in the walk, and of how many; one that is not in it begins another walk."""
    refs = request.session.get(KEY, [])
    if str(organisation.ref) not in refs:
        if not organisation.is_waiting or organisation.asked_at:
            return None
        refs = start(request, organisation)
    return refs.index(str(organisation.ref)) + 1, len(refs)


def following(request: HttpRequest, organisation: Organisation, now: datetime) -> Organisation | None:
    """The next of the walk that still waits, if possible one that no colleague is looking at; None at the end."""
    refs = request.session.get(KEY, [])
    at = refs.index(str(organisation.ref)) + 1 if str(organisation.ref) in refs else 0
    waiting = {str(row.ref): row for row in Organisation.objects.queued().filter(ref__in=refs[at:])}
    rows = [waiting[ref] for ref in refs[at:] if ref in waiting]
    busy = set(looked_at(request, now).values_list("organisation_id", flat=True))
    return next((row for row in rows if row.pk not in busy), next(iter(rows), None))


def opened(request: HttpRequest, organisation: Organisation, now: datetime) -> None:
    """Notes that this member of staff has the screen open."""
    OpenScreen.objects.update_or_create(
        organisation=organisation, staff_id=request.user.pk, defaults={"opened_at": now}
    )


def closed(request: HttpRequest, organisation: Organisation) -> None:
    OpenScreen.objects.filter(organisation=organisation, staff_id=request.user.pk).delete()


def looked_at(request: HttpRequest, now: datetime) -> QuerySet[OpenScreen]:
    """The screens that colleagues have open, as far as is known."""
    rows = OpenScreen.objects.filter(opened_at__gt=now - LOOKING).exclude(staff_id=request.user.pk)
    return rows.select_related("staff").order_by("-opened_at")
