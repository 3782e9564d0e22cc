"""What each role may do, and no more. The groups are made by migration; nobody edits them.

After a change here a new migration calls `grant` again (a test says so).
"""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _

_REPORT = ("report", "sector", "arrangement", "body", "recommendation", "update", "moved", "term")

ROLES: dict[str, list[str]] = {
    # Decides about organisations, and about what the abuse rules marked.
    "moderator": [
        "campaign.view_overview",
        "pledges.view_organisation",
        "pledges.decide_organisation",
        "pledges.enter_organisation",
        "pledges.view_showing",
        "pledges.switch_lists",
        "pledges.view_listing",
        "pledges.hide_listing",
        "pledges.view_rule",
        "pledges.add_rule",
        "pledges.view_quarantine",
        "pledges.judge_quarantine",
    ],
    # Writes the report, and new wordings of the pledge.
    "editor": [
        "pledges.view_wording",
        "pledges.add_wording",
        *(f"reports.{act}_{model}" for model in _REPORT for act in ("view", "add", "change")),
    ],
    # Answers callers: takes away what they ask to be taken away.
    "supporter care": [
        "campaign.view_overview",
        "pledges.view_call",
        "pledges.add_call",
        "pledges.view_listing",
        "pledges.hide_listing",
    ],
    # Takes out the sealed contacts, which they alone can't open.
    "data holder": ["pledges.view_export", "pledges.export_contacts"],
    # Reads the records, and what has happened to each recommendation.
    "auditor": [
        "pledges.view_decision",
        "pledges.view_hiding",
        "pledges.view_showing",
        "pledges.view_rule",
        "pledges.view_judgement",
        "pledges.view_call",
        "pledges.view_export",
        "reports.view_update",
    ],
    # Keeps the staff, and the switches for hard days. Takes another role for anything else.
    "administrator": [
        "campaign.view_overview",
        "campaign.view_totals",
        "campaign.view_staffuser",
        "campaign.add_staffuser",
        "campaign.change_staffuser",
        "pledges.view_showing",
        "pledges.switch_lists",
    ],
}

# The same in words, for whoever gives the roles; docs/desk.md says them too.
MAY = {
    "moderator": _(
        "decide about organisations, enter those that agreed in writing, hide names, switch the lists, "
        "judge what abuse rules marked"
    ),
    "editor": _("write the report and new wordings"),
    "supporter care": _("take calls (they only take away), hide names"),
    "data holder": _("take out sealed contacts; password and second factor are asked again each time"),
    "auditor": _("read the records and the updates"),
    "administrator": _(
        "add and deactivate staff, give roles (password and second factor are asked again), switch the lists"
    ),
}


def grant() -> None:
    """Makes the groups as above. Takes the permissions of today's code, whatever migration asks."""
    for app in ("campaign", "pledges", "reports"):
        create_permissions(apps.get_app_config(app), verbosity=0)
    found = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, wanted in ROLES.items():
        group = Group.objects.get_or_create(name=name)[0]
        group.permissions.set([found[each] for each in wanted if each in found])
