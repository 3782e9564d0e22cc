"""Brings a restored backup up to date: repeats the withdrawals, erasures and hidden names since it was made."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from django.contrib.sessions.models import Session

from campaign.models import WorkerStatus
from campaign.staff.models import StaffUser
from pledges.emails import queue
from pledges.offline.progress import Progress
from pledges.privacy import restore, unpublished
from pledges.privacy.restore import Act, Entry


def _deactivated(now: datetime) -> Iterator[Entry]:
    for pk in StaffUser.objects.filter(is_active=False).order_by("pk").values_list("pk", flat=True):
        yield {"deactivated": pk}


def _deactivate(entries: list[Entry], now: datetime) -> Counter[str]:
    active = StaffUser.objects.filter(pk__in=[entry["deactivated"] for entry in entries], is_active=True)
    return Counter({"staff accounts": active.update(is_active=False)})


ACTS = [*unpublished.ACTS, Act({"deactivated": restore.number}, _deactivated, _deactivate)]


def no_longer_public(now: datetime) -> Iterator[str]:
    """Yields the lines of the list of what was erased or hidden, which is stored beside the backups."""
    return restore.lines(now, ACTS)


def made_at(list_file: Path) -> datetime:
    """Returns when this list was made. Raises BrokenList if it is not complete."""
    with list_file.open(encoding="utf-8") as lines:
        return restore.made_at(lines, ACTS)


def _counted(lines: Iterable[str], on_progress: Callable[[int], None]) -> Iterator[str]:
    """Yields the lines, and reports how many characters of them were read; they are ASCII, as JSON here is."""
    size = 0
    for line in lines:
        size += len(line)
        on_progress(size)
        yield line


class RestoreResult(NamedTuple):
    list_made_at: datetime | None
    again: Counter[str]  # how many rows of each kind were hidden or erased again
    dropped: Counter[str]


def after_restore(list_file: Path | None, now: datetime) -> RestoreResult:
    """Hides and erases again what the list says, ends all staff sessions, and drops the emails of the backup.

    Raises BrokenList, before anything is changed, if the list is not complete.
    """
    list_made_at, again = None, Counter[str]()
    if list_file:
        with Progress("hiding and erasing again", list_file.stat().st_size) as progress:
            list_made_at = made_at(list_file)
            with list_file.open(encoding="utf-8") as lines:
                again = restore.repeat(_counted(lines, progress.to), ACTS, now)
    sessions, _by_model = Session.objects.all().delete()
    WorkerStatus.objects.all().delete()  # its heartbeat is as old as the backup, which is no jump of the clock
    dropped = +Counter({"staff sessions": sessions, "waiting emails": queue.drop_waiting(now)})
    return RestoreResult(list_made_at, again, dropped)
