"""Composes the emails to staff about their accounts. Each returns None if the email is no longer needed."""

from datetime import datetime

from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import gettext

from campaign.staff import notices
from campaign.staff.models import StaffUser
from pledges.emails import compose
from pledges.models import QueuedEmail


@compose.composes(QueuedEmail.Kind.INVITATION)
def invitation(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """Composes the invitation. Its link contains a hash of the current password, so it can set only one password."""
    user = _user(queued)
    if user is None:
        return None
    link = compose.absolute_link("admin:invitation", str(user.ref), default_token_generator.make_token(user))
    is_new = not user.has_usable_password()
    roles = ", ".join(user.groups.order_by("name").values_list("name", flat=True))
    return compose.email("invitation", queued, {"link": link, "is_new": is_new, "by": _adder(user), "roles": roles})


@compose.composes(QueuedEmail.Kind.FACTOR_RESET)
@compose.composes(QueuedEmail.Kind.FACTOR_CHANGED)
@compose.composes(QueuedEmail.Kind.NEW_SIGN_IN)
def about_account(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """Composes an email that says what happened to the account, without details; its link leads to the page where one
    can check.
    """
    user = _user(queued)
    if user is None:
        return None
    pages = {"factor-changed": "admin:factors", "new-sign-in": "admin:sessions"}
    link = compose.absolute_link(pages.get(queued.kind, "admin:index"))
    return compose.email(queued.kind, queued, {"link": link})


@compose.composes(QueuedEmail.Kind.NOTICE)
def notice(queued: QueuedEmail, now: datetime) -> EmailMultiAlternatives | None:
    """Composes a notice of what waits now; None if nothing waits any more, or the notice is no longer wanted."""
    user = _user(queued)
    lines = notices.lines(user, now) if user and user.notices_from is not None else []
    if not lines:
        return None
    links = {"link": compose.absolute_link("admin:index"), "notices_link": compose.absolute_link("admin:notices")}
    return compose.email("notice", queued, {"lines": lines, **links})


def _adder(user: StaffUser) -> str:
    """Returns the name of the colleague who added the account: its owner can ask them if the invitation is genuine."""
    accounts = LogEntry.objects.filter(content_type__model=StaffUser._meta.model_name, action_flag=ADDITION)
    added = accounts.filter(object_id=user.pk).select_related("user").first()
    return added.user.get_short_name() if added else gettext("An administrator")


def _user(queued: QueuedEmail) -> StaffUser | None:
    return StaffUser.objects.filter(ref=queued.ref, is_active=True).first()
