"""Email notices to staff about waiting work, if they want them: one a day at most, with numbers and links only."""

from datetime import datetime, timedelta

from django import forms
from django.contrib import messages
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from campaign.staff.models import StaffUser
from campaign.staff.sessions import signed_in
from pledges.admin_base import pages
from pledges.emails import queue
from pledges.inputs.email_address import mailbox
from pledges.models import NameReport, Organisation, PublicName, Quarantine, QueuedEmail
from reports.models import Draft

FROM_HOUR = 8
OLD = timedelta(days=1)
A_WHILE = timedelta(minutes=10)  # the worker publishes a draft within a minute of its time


class NoticesForm(forms.ModelForm):
    class Meta:
        model = StaffUser
        fields = ("notices_from",)
        labels = {
            "notices_from": gettext_lazy("Email me when this many organisations wait, or one waits for more than a day")
        }
        help_texts = {
            "notices_from": gettext_lazy(
                "The email also lists what else waits that your roles cover: names to look at, reported names, marked "
                "signatures, complaints, and drafts of the report that could not be published. You get at most one "
                "email a day, after eight in the morning, and only if something waits. Leave the field empty for none."
            )
        }


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Sets whether this member of staff gets emails about what waits, and from how many organisations on."""
    user = signed_in(request)
    form = NoticesForm(request.POST or None, instance=user)
    if form.is_valid():
        StaffUser.objects.filter(pk=user.pk).update(notices_from=form.cleaned_data["notices_from"])
        messages.success(request, _("Your choice is saved."))
        return redirect("admin:notices")
    return pages.page(request, "notices", title=_("Email notices"), form=form)


def queue_due(now: datetime) -> None:
    """Queues an email to each member of staff who wants one, got none today, and for whom something waits."""
    local = timezone.localtime(now)
    if local.hour < FROM_HOUR:
        return
    users = StaffUser.objects.filter(is_active=True, notices_from__isnull=False)
    for user in users.exclude(noticed_on=local.date()):
        rows = StaffUser.objects.filter(pk=user.pk).exclude(noticed_on=local.date())
        if lines(user, now) and rows.update(noticed_on=local.date()):
            queue.add(QueuedEmail.Kind.NOTICE, user.ref, mailbox(user.email), now)


def lines(user: StaffUser, now: datetime) -> list[str]:
    """Returns sentences about what waits, as far as the user's roles cover it."""
    said = []
    if user.has_perm("pledges.decide_organisation"):
        said.append(_organisations(user.notices_from or 0, now))
    if user.has_perm("pledges.hide_publicname"):
        names, reported = PublicName.objects.to_review(), NameReport.objects.filter(settled_at=None)
        said += [_counted(_("New names to look at: %d."), names), _counted(_("Reported names: %d."), reported)]
    if user.has_perm("pledges.decide_quarantine"):
        said.append(_counted(_("Groups of marked signatures: %d."), Quarantine.objects.undecided()))
    if user.has_perm("pledges.add_phonerequest"):
        since_yesterday = timezone.localtime(now).replace(hour=FROM_HOUR, minute=0) - timedelta(days=1)
        complaints = QueuedEmail.objects.filter(kind=QueuedEmail.Kind.COMPLAINT, due_at__gte=since_yesterday)
        said.append(_counted(_("Complaints sent on since yesterday: %d."), complaints))
    if user.has_perm("reports.change_recommendation"):
        stuck = Draft.objects.due(now - A_WHILE)
        said.append(_counted(_("Drafts of the report that could not be published: %d."), stuck))
    return [line for line in said if line]


def _counted(sentence: str, rows) -> str:
    count = rows.count()
    return sentence % count if count else ""


def _organisations(least: int, now: datetime) -> str:
    found = Organisation.objects.queued().order_by().aggregate(count=Count("pk"), oldest=Min("confirmed_at"))
    is_old = found["oldest"] is not None and found["oldest"] <= now - OLD
    if not found["count"] or (found["count"] < least and not is_old):
        return ""
    message = ngettext("%d organisation waits.", "%d organisations wait.", found["count"]) % found["count"]
    return f"{message} {_('One waits for more than a day.')}" if is_old else message
