"""How the log of staff acts shows each table of records: one line for each act, with who, what, before and after."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import ADDITION, LogEntry
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign.models import CommandRun
from campaign.staff.accounts import RESET_BY_COMMAND
from campaign.staff.models import StaffUser
from pledges.models import (
    AbuseRule,
    Export,
    ListVisibility,
    NameDecision,
    Organisation,
    OrganisationDecision,
    PaperCount,
    PhoneRequest,
    PublicName,
    Quarantine,
    QuarantineDecision,
)
from pledges.models.statistics import in_tens

ACCOUNTS = {"content_type__model": StaffUser._meta.model_name}


@dataclass(frozen=True)
class Line:
    """One act. `address`: its page, for users who have the `permission` to open it."""

    at: datetime
    who: StaffUser | None
    what: str
    on: str = ""
    more: str = ""
    address: str = ""
    permission: str = ""
    by_command: bool = False


@dataclass(frozen=True)
class Source:
    """A table of records: its columns of when and by whom (empty for commands), and the function that makes lines of
    its rows.
    """

    label: str | Promise
    rows: Callable[[], QuerySet[Any]]
    at: str
    by: str
    lines: Callable[[list[Any]], Iterator[Line]]


def _organisations(rows: list[OrganisationDecision]) -> Iterator[Line]:
    names = dict(Organisation.objects.filter(ref__in=[row.organisation_ref for row in rows]).values_list("ref", "name"))
    for row in rows:
        reason = str(row.get_reason_display()) if row.reason else ""
        was = _("before “%s”") % row.previous_name if row.previous_name else ""
        yield Line(
            row.decided_at,
            row.decided_by,
            row.act_shown,
            names.get(row.organisation_ref, _("an organisation that is erased")),
            " · ".join(part for part in (reason, was, row.text) if part),
            reverse("admin:pledges_organisation_entry", args=[row.organisation_ref]),
            "pledges.view_organisation",
        )


def _names(rows: list[NameDecision]) -> Iterator[Line]:
    names = dict(PublicName.objects.filter(ref__in=[row.public_name_ref for row in rows]).values_list("ref", "name"))
    for row in rows:
        yield Line(
            row.decided_at,
            row.decided_by,
            _("name hidden") if row.hidden else _("name shown again"),
            names.get(row.public_name_ref, _("a name that is erased")),
            str(row.get_reason_display()),
            reverse("admin:pledges_publicname_hiding", args=[row.public_name_ref])
            if row.public_name_ref in names
            else "",
            "pledges.hide_publicname",
        )


def _visibility(rows: list[ListVisibility]) -> Iterator[Line]:
    for row in rows:
        before = ListVisibility.objects.filter(pk__lt=row.pk).order_by("-pk").first() or ListVisibility()
        yield Line(
            row.decided_at,
            row.decided_by,
            _("public lists switched"),
            "",
            f"{_lists(before)} → {_lists(row)}",
            reverse("admin:pledges_listvisibility_changelist"),
            "pledges.view_listvisibility",
        )


def _lists(row: ListVisibility) -> str:
    if row.lists_hidden:
        return _("all hidden")
    if row.organisations_from:
        return _("organisations from %s") % _moment(row.organisations_from)
    return _("shown")


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _rules(rows: list[AbuseRule]) -> Iterator[Line]:
    for row in rows:
        yield Line(
            row.decided_at,
            row.decided_by,
            _("abuse rule on") if row.is_on else _("abuse rule off"),
            str(row.get_kind_display()),
            _("more than %(most)s within %(minutes)s minutes") % {"most": row.most, "minutes": row.minutes},
            reverse("admin:pledges_abuserule_changelist"),
            "pledges.view_abuserule",
        )


def _quarantine_decisions(rows: list[QuarantineDecision]) -> Iterator[Line]:
    groups = {group.ref: group for group in Quarantine.objects.filter(ref__in=[row.quarantine_ref for row in rows])}
    for row in rows:
        group = groups.get(row.quarantine_ref)
        yield Line(
            row.decided_at,
            row.decided_by,
            _("quarantine: %s") % row.get_act_display(),
            f"{group.get_kind_display()}, {_moment(group.opened_at)}" if group else "",
            _("%s signatures") % in_tens(row.signatures),
            reverse("admin:pledges_quarantine_decision", args=[row.quarantine_ref]) if group else "",
            "pledges.decide_quarantine",
        )


def _calls(rows: list[PhoneRequest]) -> Iterator[Line]:
    for row in rows:
        yield Line(row.taken_at, row.taken_by, _("call"), "", str(row.get_kind_display()))


def _paper(rows: list[PaperCount]) -> Iterator[Line]:
    earlier = {(row.ref, row.version): row for row in PaperCount.objects.filter(ref__in=[row.ref for row in rows])}
    for row in rows:
        before = earlier.get((row.ref, row.version - 1))
        yield Line(
            row.entered_at,
            row.entered_by,
            _("count on paper corrected") if before else _("count on paper entered"),
            "",
            f"{before} → {row}" if before else str(row),
            reverse("admin:pledges_papercount_changelist"),
            "pledges.view_papercount",
        )


def _exports(rows: list[Export]) -> Iterator[Line]:
    for row in rows:
        yield Line(
            row.exported_at,
            row.exported_by,
            _("contacts exported"),
            str(row.get_channel_display()),
            str(row.get_purpose_display()),
            by_command=row.by_command,
        )


def _commands(rows: list[CommandRun]) -> Iterator[Line]:
    for row in rows:
        yield Line(row.ran_at, None, _("command run"), f"manage.py {row.command}", by_command=True)


def _others(rows: list[LogEntry]) -> Iterator[Line]:
    """Yields lines of Django's own log of the admin, which records accounts, roles, the report and pledge texts."""
    acts = {1: _("added"), 2: _("changed"), 3: _("deleted")}
    accounts = {str(user.pk): user.get_short_name() for user in StaffUser.objects.all()}
    for row in rows:
        kind = str(row.content_type.name) if row.content_type else ""
        is_account = bool(row.content_type and row.content_type.model == "staffuser")
        name = accounts.get(row.object_id or "", "") if is_account else row.object_repr
        by_command = row.change_message == RESET_BY_COMMAND
        yield Line(
            row.action_time,
            None if by_command else row.user,
            f"{kind} {acts.get(row.action_flag, '')}",
            name,
            row.get_change_message(),
            "" if row.is_deletion() else row.get_admin_url() or "",
            f"{row.content_type.app_label}.view_{row.content_type.model}" if row.content_type else "",
            by_command,
        )


def _without_own_records() -> QuerySet[LogEntry]:
    """Returns Django's own log of the admin, without new rows of the tables that have lines of their own."""
    own = [source.rows().model._meta.model_name for source in SOURCES.values() if source.lines is not _others]
    twice = {"action_flag": ADDITION, "content_type__app_label": "pledges", "content_type__model__in": own}
    return LogEntry.objects.exclude(**twice)


SOURCES = {
    "organisations": Source(
        gettext_lazy("Organisations"),
        OrganisationDecision.objects.with_undone,
        "decided_at",
        "decided_by",
        _organisations,
    ),
    "names": Source(gettext_lazy("Public names"), NameDecision.objects.all, "decided_at", "decided_by", _names),
    "lists": Source(gettext_lazy("Public lists"), ListVisibility.objects.all, "decided_at", "decided_by", _visibility),
    "rules": Source(gettext_lazy("Abuse rules"), AbuseRule.objects.all, "decided_at", "decided_by", _rules),
    "quarantine": Source(
        gettext_lazy("Quarantine"), QuarantineDecision.objects.all, "decided_at", "decided_by", _quarantine_decisions
    ),
    "paper": Source(gettext_lazy("Signatures on paper"), PaperCount.objects.all, "entered_at", "entered_by", _paper),
    "calls": Source(gettext_lazy("Calls"), PhoneRequest.objects.all, "taken_at", "taken_by", _calls),
    "exports": Source(gettext_lazy("Exports"), Export.objects.all, "exported_at", "exported_by", _exports),
    "commands": Source(gettext_lazy("Commands on the server"), CommandRun.objects.all, "ran_at", "", _commands),
    "accounts": Source(
        gettext_lazy("Accounts and roles"),
        lambda: _without_own_records().filter(**ACCOUNTS),
        "action_time",
        "user",
        _others,
    ),
    "texts": Source(
        gettext_lazy("Report and pledge texts"),
        lambda: _without_own_records().exclude(**ACCOUNTS),
        "action_time",
        "user",
        _others,
    ),
}
