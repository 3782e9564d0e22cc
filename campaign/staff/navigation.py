"""The links to tasks in the header of every staff page, and the link to the part of the help about a page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Task:
    """A link for users with the permission; `pages`: how the names of its URLs begin."""

    label: str | Promise
    route: str
    permission: str
    pages: tuple[str, ...] = ()


TASKS = (
    Task(_("Overview"), "index", "staff.view_overview", ("index",)),
    Task(_("Queue"), "pledges_organisation_queue", "pledges.view_organisation", ("pledges_organisation_",)),
    Task(_("Names"), "pledges_publicname_review", "pledges.hide_publicname", ("pledges_publicname_",)),
    Task(
        _("Quarantine"),
        "pledges_quarantine_changelist",
        "pledges.view_quarantine",
        ("pledges_quarantine_", "pledges_abuserule_"),
    ),
    Task(_("Paper"), "pledges_papercount_add", "pledges.add_papercount", ("pledges_papercount_",)),
    Task(_("Calls"), "pledges_phonerequest_add", "pledges.add_phonerequest", ("pledges_phonerequest_",)),
    Task(_("Report"), "reports_work", "reports.change_recommendation", ("reports_", "pledges_pledgetext_")),
    Task(_("Exports"), "pledges_export_changelist", "pledges.view_export", ("pledges_export_",)),
    Task(_("Log"), "staff_log", "staff.view_log", ("staff_log",)),
    Task(_("Staff"), "staff_staffuser_changelist", "staff.view_staffuser", ("staff_staffuser_",)),
)
# How the names of URLs begin, and the heading of the help about them; the first that matches is used.
HELP = {
    "pledges_organisationdecision_": "records",
    "pledges_organisation_": "organisations",
    "pledges_listvisibility_": "public-lists",
    "pledges_publicname_": "public-names",
    "pledges_namereport_": "public-names",
    "pledges_namedecision_": "public-names",
    "pledges_quarantine": "abuse",
    "pledges_abuserule_": "abuse",
    "pledges_papercount_": "signatures-on-paper",
    "pledges_phonerequest_": "calls",
    "pledges_pledgetext_": "the-report",
    "reports_": "the-report",
    "pledges_export_": "exports",
    "staff_log": "records",
    "staff_staffuser_": "people-and-roles",
    "password": "signing-in",
    "factor": "signing-in",
    "session": "signing-in",
    "notices": "email-notices",
}


def context(request: HttpRequest) -> dict[str, object]:
    """Returns for each staff page `tasks`, as (label, address, whether the page belongs to it), and the address of its
    help.
    """
    page = request.resolver_match.url_name if request.resolver_match else ""
    return {"tasks": tasks(request, page or ""), "help_address": help_address(page or "")}


def tasks(request: HttpRequest, page: str) -> list[tuple[str, str, bool]]:
    return [
        (str(task.label), reverse(f"admin:{task.route}"), page.startswith(task.pages))
        for task in TASKS
        if request.user.has_perm(task.permission)
    ]


def help_address(page: str) -> str:
    part = next((part for begin, part in HELP.items() if page.startswith(begin)), "")
    return reverse("admin:staff_help") + (f"#{part}" if part else "")
