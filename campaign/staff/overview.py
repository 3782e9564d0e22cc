"""The figures of the overview: what waits, emails, backups, erasures. Numbers of people are rounded down to tens.

From exact numbers a member of staff could see the effect of a call, or of the signature of someone they know. Roles
with the permission `view_totals` see exact totals.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.models import Backup
from campaign.monitoring import status
from campaign.privacy import retention_job
from pledges.abuse import rules
from pledges.inputs.email_providers import Provider
from pledges.models import (
    ListVisibility,
    NameReport,
    Organisation,
    PublicName,
    Quarantine,
    QueuedEmail,
    Signature,
    retention,
)
from pledges.models.statistics import in_tens, rounded
from pledges.statistics import daily, totals

DAYS_SHOWN = 30
DAYS_OF_PROVIDERS = 7
# How far "next erasures" looks ahead.
SOON = timedelta(days=1)
ERASED = {
    "pendings": _("what was typed to sign"),
    "contacts": _("supporters' sealed contacts"),
    "organisations' contacts": _("organisations' contacts"),
    "invalid signatures": _("invalidated signatures"),
}
# Sizes of the chart in its own units.
WIDTH, HEIGHT, BASELINE, TOP = 720, 200, 170, 12


@dataclass(frozen=True)
class Bar:
    """One day of the chart."""

    day: date
    x: float
    width: float
    asked: float  # heights
    confirmed: float
    is_labelled: bool

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def asked_top(self) -> float:
        return BASELINE - self.asked

    @property
    def confirmed_top(self) -> float:
        return BASELINE - self.confirmed


def gather(now: datetime, *, is_exact: bool = False) -> dict[str, Any]:
    """Returns the context of `templates/admin/overview/`; `is_exact`: with exact totals of people."""
    today, queue = timezone.localdate(now), Organisation.objects.queued()
    undecided = Quarantine.objects.undecided()
    return {
        "totals": totals.totals(),
        "is_exact": is_exact,
        "queue": queue.order_by().aggregate(count=Count("pk"), oldest=Min("confirmed_at")),
        "asked_back": Organisation.objects.in_state("asked").count(),
        "silent": Organisation.objects.without_yearly_answer(today).count(),
        **forms_by_day(today, is_exact=is_exact),
        "emails": emails(now),
        "new_names": PublicName.objects.to_review().count(),
        "reported": NameReport.objects.filter(settled_at=None).count(),
        "spike": rules.spike(now),
        "quarantines": undecided.count(),
        "quarantined": in_tens(Signature.objects.filter(quarantine__in=undecided).count()),
        "showing": ListVisibility.objects.newest(),
        "problems": status.measure(now).problems(),
        "backup": Backup.objects.order_by("-made_at").first(),
        "erasures": erasures(now, is_exact=is_exact),
        "signatures_until": retention.signatures_until(),
    }


def forms_by_day(today: date, *, is_exact: bool) -> dict[str, Any]:
    """Returns how many asked to sign and how many confirmed: each day, and in the last week by mail provider."""
    days = daily.by_day(today, DAYS_SHOWN)
    if not is_exact:
        days = [(day, rounded(asked), rounded(some)) for day, asked, some in days]
    return {
        "days": days[::-1],
        "bars": bars(days),
        "highest": max(max(asked, confirmed) for _day, asked, confirmed in days),
        "week": [day for day, _asked, _confirmed in days[-DAYS_OF_PROVIDERS:]],
        "providers": providers(daily.by_provider(today, DAYS_OF_PROVIDERS)),
    }


def bars(days: list[tuple[date, int, int]]) -> list[Bar]:
    step, most = WIDTH / len(days), max([1, *(max(asked, confirmed) for _day, asked, confirmed in days)])
    unit = (BASELINE - TOP) / most
    last = len(days) - 1
    return [
        Bar(
            day,
            x=round(place * step + 2, 1),
            width=round(step - 4, 1),
            asked=round(asked * unit, 1),
            confirmed=round(confirmed * unit, 1),
            is_labelled=(last - place) % 7 == 0,
        )
        for place, (day, asked, confirmed) in enumerate(days)
    ]


@dataclass(frozen=True)
class Mailboxes:
    """One group of mail providers: how many asked and confirmed, in all and on each day; in tens, None for fewer."""

    name: str
    total: tuple[int | None, int | None]
    days: list[tuple[int | None, int | None]]


def providers(found: dict[str, list[tuple[int, int]]]) -> list[Mailboxes]:
    """Returns the numbers of each group of providers; nothing if all are below ten."""
    rows = [
        Mailboxes(
            str(Provider(provider).label),
            total=_in_tens(sum(asked for asked, _some in days), sum(confirmed for _some, confirmed in days)),
            days=[_in_tens(*day) for day in days],
        )
        for provider, days in found.items()
    ]
    return rows if any(any(row.total) for row in rows) else []


def _in_tens(*counts: int) -> Any:
    return tuple(rounded(count) or None for count in counts)


def emails(now: datetime) -> dict[str, Any]:
    queued = QueuedEmail.objects.filter(sent_at=None, dropped_at=None, failed_at=None)
    waiting, refused = queued.filter(due_at__lte=now), queued.exclude(refusal="")
    parked = QueuedEmail.objects.filter(failed_at__isnull=False)
    return {
        "waiting": waiting.count(),
        "oldest": waiting.aggregate(oldest=Min("due_at"))["oldest"],
        "refused": by_refusal(refused),
        "parked": by_refusal(parked),
    }


def by_refusal(rows: QuerySet[QueuedEmail]) -> list[dict[str, Any]]:
    """Returns how many emails of each kind the mail server refused, by its answer."""
    counted = rows.order_by().values("kind", "refusal").annotate(count=Count("pk")).order_by("-count")[:8]
    return [{**row, "kind": QueuedEmail.Kind(row["kind"]).label} for row in counted]


def erasures(now: datetime, *, is_exact: bool) -> list[tuple[str, str]]:
    """Returns how many rows of each kind are erased within a day."""
    soon = [(due.name, due.rows.count()) for due in retention_job.due(now + SOON) if due.name in ERASED]
    return [(str(ERASED[name]), f"{count:,}" if is_exact else in_tens(count)) for name, count in soon]
