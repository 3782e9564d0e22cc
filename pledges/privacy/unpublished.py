"""Lists what was unpublished without being erased, and repeats it after a restore (see `restore`).

That is: organisations that left the list, hidden names, quarantined signatures, the switch of the lists.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

from pledges.models import (
    ListVisibility,
    NameDecision,
    Organisation,
    OrganisationDecision,
    PendingSignature,
    PublicName,
    Quarantine,
    Signature,
    retention,
)
from pledges.models.organisations import State
from pledges.organisations import service as organisations
from pledges.privacy.restore import BLOCKED, ERASED, Act, Entry, flag, iso, maybe, number, text


def _unlisted_organisations(now: datetime) -> Iterator[Entry]:
    """Every organisation that is not named in public, with who declined or withdrew it, and why."""
    ended = OrganisationDecision.objects.filter(
        act__in=(OrganisationDecision.Act.WITHDRAW, OrganisationDecision.Act.DECLINE)
    ).order_by("pk")
    last = {decision.organisation_ref: decision for decision in ended}
    listed = Organisation.objects.in_state(State.APPROVED).filter(is_named=True)
    for organisation in Organisation.objects.exclude(pk__in=listed.values("pk")).order_by("pk"):
        decision = last.get(organisation.ref)
        ended_at = organisation.withdrawn_at or organisation.declined_at
        yield {
            "organisation": str(organisation.ref),
            "state": organisation.state.value,
            "named": organisation.is_named,
            "at": iso(ended_at),
            "reason": decision.reason if decision and ended_at else "",
            "by": decision.decided_by_id if decision and ended_at else None,
        }


def _unlist_organisations(entries: list[Entry], now: datetime) -> Counter[str]:
    wanted = {entry["organisation"]: entry for entry in entries}
    return Counter(
        {
            "organisations": sum(
                _unlist(organisation, wanted[organisation.ref])
                for organisation in Organisation.objects.filter(ref__in=list(wanted))
            )
        }
    )


def _unlist(organisation: Organisation, entry: Entry) -> bool:
    """Makes the organisation as the entry says; returns whether it had to be changed."""
    state, at = entry["state"], entry["at"]
    changes: Entry = {} if entry["named"] or not organisation.is_named else {"is_named": False}
    ended = None
    if state == State.WITHDRAWN and not organisation.withdrawn_at:
        changes["withdrawn_at"], ended = at, OrganisationDecision.Act.WITHDRAW
    elif state == State.DECLINED and organisation.state in (State.WAITING, State.ASKED, State.APPROVED):
        changes |= {"approved_at": None, "declined_at": at}
        ended = OrganisationDecision.Act.DECLINE
    elif state in (State.WAITING, State.ASKED) and organisation.state == State.APPROVED:
        # Changes made after the backup are lost; it returns to the queue as the backup has it.
        changes |= {"approved_at": None, "version": organisation.version + 1}
    if changes:
        Organisation.objects.filter(pk=organisation.pk).update(**changes)
    if ended and at and (entry["by"] is None or _account_exists(entry["by"])):
        by = get_user_model().objects.filter(pk=entry["by"]).first()
        organisations.record(organisation, ended, by, at, reason=entry["reason"])
    return bool(changes)


def _reminded(now: datetime) -> Iterator[Entry]:
    """The organisations that got their yearly email since the oldest backup, so that they do not get a second."""
    since = timezone.localdate(now) - retention.BACKUPS_STORED
    rows = Organisation.objects.filter(reminded_on__gte=since).order_by("pk")
    for ref, day in rows.values_list("ref", "reminded_on"):
        yield {"reminded": str(ref), "day": iso(day)}


def _restore_reminders(entries: list[Entry], now: datetime) -> Counter[str]:
    done = 0
    for entry in entries:
        rows = Organisation.objects.filter(ref=entry["reminded"]).exclude(reminded_on__gte=entry["day"])
        done += rows.update(reminded_on=entry["day"])
    return Counter({"yearly emails": done})


def _hidden_names(now: datetime) -> Iterator[Entry]:
    """Yields an entry for each hidden name, identified by its signature, because it stays hidden under a new name."""
    last = {hiding.public_name_ref: hiding for hiding in NameDecision.objects.order_by("pk")}
    is_hidden = Q(name_hidden_at__isnull=False) | Q(public_name__hidden_at__isnull=False)
    for signature in Signature.objects.filter(is_hidden).select_related("public_name").order_by("pk").iterator():
        public_name = getattr(signature, "public_name", None)
        hiding = last.get(public_name.ref) if public_name else None
        yield {
            "hidden": str(signature.ref),
            "at": iso(signature.name_hidden_at or (public_name and public_name.hidden_at)),
            "reason": hiding.reason if hiding else "",
            "by": hiding.decided_by_id if hiding else None,
        }


def _hide_names(entries: list[Entry], now: datetime) -> Counter[str]:
    done = 0
    for entry in entries:
        signature, at = Signature.objects.filter(ref=entry["hidden"]), entry["at"]
        signature.filter(name_hidden_at=None).update(name_hidden_at=at)
        public_name = PublicName.objects.filter(signature__in=signature, hidden_at=None).first()
        if public_name is None:
            continue
        PublicName.objects.filter(pk=public_name.pk).update(hidden_at=at)
        done += 1
        if _account_exists(entry["by"]):
            by, reason = entry["by"], entry["reason"]
            NameDecision.objects.create(
                public_name_ref=public_name.ref, hidden=True, reason=reason, decided_by_id=by, decided_at=at
            )
    return Counter({"names": done})


def _unreleased_quarantines(now: datetime) -> Iterator[Entry]:
    for quarantine in Quarantine.objects.filter(released_at=None).order_by("pk"):
        yield {
            "quarantine": str(quarantine.ref),
            "kind": quarantine.kind,
            "opened_at": iso(quarantine.opened_at),
            "invalidated_at": iso(quarantine.invalidated_at),
        }


def _recreate_quarantines(entries: list[Entry], now: datetime) -> Counter[str]:
    """Recreates the open quarantines; must run before `_quarantine_signatures`.

    Not counted: an empty quarantine is not visible.
    """
    for entry in entries:
        Quarantine.objects.update_or_create(
            ref=entry["quarantine"],
            defaults={
                "kind": entry["kind"],
                "opened_at": entry["opened_at"],
                "invalidated_at": entry["invalidated_at"],
                "released_at": None,
            },
        )
    return Counter()


def _quarantined_signatures(now: datetime) -> Iterator[Entry]:
    for rows in (PendingSignature.objects, Signature.objects):
        found = rows.exclude(quarantined_on=None).exclude(quarantine=None).order_by("pk")
        for ref, quarantine, day in found.values_list("ref", "quarantine__ref", "quarantined_on").iterator():
            yield {"quarantined": str(ref), "in": str(quarantine), "day": iso(day)}


def _quarantine_signatures(entries: list[Entry], now: datetime) -> Counter[str]:
    done: Counter[str] = Counter()
    for quarantine in Quarantine.objects.filter(ref__in={entry["in"] for entry in entries}):
        same = [entry for entry in entries if entry["in"] == quarantine.ref]
        for day, of_day in groupby(same, lambda entry: entry["day"]):
            refs = [entry["quarantined"] for entry in of_day]
            for rows in (PendingSignature.objects, Signature.objects):
                free = rows.filter(ref__in=refs, quarantined_on=None)
                done["quarantined signatures"] += free.update(quarantined_on=day, quarantine=quarantine)
    return done


def _hidden_lists(now: datetime) -> Iterator[Entry]:
    newest = ListVisibility.objects.newest()
    if not newest.shows_organisations(now):
        yield {
            "lists_hidden": newest.lists_hidden,
            "organisations_from": iso(newest.organisations_from),
            "at": iso(newest.decided_at),
            "by": newest.decided_by_id,
        }


def _hide_lists(entries: list[Entry], now: datetime) -> Counter[str]:
    entry, newest = entries[-1], ListVisibility.objects.newest()
    wanted = (entry["lists_hidden"], entry["organisations_from"])
    if (newest.lists_hidden, newest.organisations_from) == wanted:
        return Counter()
    ListVisibility.objects.create(
        lists_hidden=wanted[0],
        organisations_from=wanted[1],
        decided_by_id=entry["by"] if _account_exists(entry["by"]) else None,
        decided_at=entry["at"] or now,
    )
    return Counter({"switch of the lists": 1})


def _account_exists(staff: int | None) -> bool:
    """Whether the restored database has this account: those made after the backup are lost."""
    return staff is not None and get_user_model().objects.filter(pk=staff).exists()


DAY, MOMENT, STAFF = date.fromisoformat, datetime.fromisoformat, maybe(number)
# Erasures first: erased rows need no further changes.
ACTS = [
    ERASED,
    BLOCKED,
    Act(
        {"organisation": UUID, "state": State, "named": flag, "at": maybe(MOMENT), "reason": text, "by": STAFF},
        _unlisted_organisations,
        _unlist_organisations,
    ),
    Act({"reminded": UUID, "day": DAY}, _reminded, _restore_reminders),
    Act({"hidden": UUID, "at": MOMENT, "reason": text, "by": STAFF}, _hidden_names, _hide_names),
    Act(
        {"quarantine": UUID, "kind": Quarantine.Kind, "opened_at": MOMENT, "invalidated_at": maybe(MOMENT)},
        _unreleased_quarantines,
        _recreate_quarantines,
    ),
    Act({"quarantined": UUID, "in": UUID, "day": DAY}, _quarantined_signatures, _quarantine_signatures),
    Act(
        {"lists_hidden": flag, "organisations_from": maybe(MOMENT), "at": MOMENT, "by": STAFF},
        _hidden_lists,
        _hide_lists,
    ),
]
