"""What each role of staff may do. `manage.py migrate` creates the groups from this file."""

from typing import Any

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext_lazy as _

_REPORT = """report sector arrangement body recommendation update movedrecommendation glossaryterm presstext reply"""

ROLES: dict[str, list[str]] = {
    # Decides about organisations, and about what the abuse rules marked.
    "moderator": [
        "staff.view_overview",
        "pledges.view_organisation",
        "pledges.decide_organisation",
        "pledges.enter_organisation",
        "pledges.view_papercount",
        "pledges.add_papercount",
        "pledges.view_listvisibility",
        "pledges.switch_lists",
        "pledges.view_publicname",
        "pledges.hide_publicname",
        "pledges.view_abuserule",
        "pledges.add_abuserule",
        "pledges.view_quarantine",
        "pledges.decide_quarantine",
    ],
    # Writes the report and new pledge texts.
    "editor": [
        "pledges.view_pledgetext",
        "pledges.add_pledgetext",
        *(f"reports.{act}_{model}" for model in _REPORT.split() for act in ("view", "add", "change")),
    ],
    # Answers callers, and records what they ask to have removed.
    "supporter care": [
        "staff.view_overview",
        "pledges.view_phonerequest",
        "pledges.add_phonerequest",
        "pledges.view_publicname",
        "pledges.hide_publicname",
    ],
    # Exports the sealed contacts, which only a key holder can open, and imports unsubscribes.
    "data holder": ["pledges.view_export", "pledges.export_contacts", "pledges.import_unsubscribes"],
    # Reads the records, and what has happened to each recommendation.
    "auditor": [
        "staff.view_log",
        "pledges.view_organisationdecision",
        "pledges.view_namedecision",
        "pledges.view_listvisibility",
        "pledges.view_abuserule",
        "pledges.view_quarantinedecision",
        "pledges.view_phonerequest",
        "pledges.view_papercount",
        "pledges.view_export",
        "reports.view_update",
    ],
    # Manages accounts of staff and the switches of the lists. For everything else the person needs another role too.
    "administrator": [
        "staff.view_overview",
        "staff.view_totals",
        "staff.view_log",
        "staff.view_staffuser",
        "staff.add_staffuser",
        "staff.change_staffuser",
        "pledges.view_listvisibility",
        "pledges.switch_lists",
    ],
}

# The same in words, for the pages on which roles are given; docs/staff.md has the same sentences.
MAY = {
    "moderator": _(
        "decide about organisations, enter those that agreed in writing and signatures on paper, hide names, "
        "switch the lists, decide about signatures that abuse rules marked"
    ),
    "editor": _("write the report and new pledge texts"),
    "supporter care": _("record what callers ask to have removed, hide names"),
    "data holder": _(
        "export encrypted contacts (password and second factor are asked again each time), upload who unsubscribed"
    ),
    "auditor": _("read the records and the updates"),
    "administrator": _(
        "add and deactivate staff, give roles (password and second factor are asked again), switch the lists"
    ),
}


def grant(**_signal: Any) -> None:
    """Gives the groups exactly these permissions, after every `migrate`. Raises KeyError if a permission does not
    exist.
    """
    for app in ("staff", "campaign", "pledges", "reports"):
        create_permissions(apps.get_app_config(app), verbosity=0)
    found = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, wanted in ROLES.items():
        group = Group.objects.get_or_create(name=name)[0]
        group.permissions.set([found[each] for each in wanted])
