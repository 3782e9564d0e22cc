"""Makers of staff accounts, and of organisations for them to decide about."""

from datetime import UTC, datetime, timedelta

from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from campaign.staff import devices, sessions
from campaign.staff.models import StaffUser
from pledges.crypto.encryption import decrypt
from pledges.inputs.email_address import Mailbox
from pledges.models import Organisation, PendingSignature, PledgeText, QueuedEmail
from pledges.models.answers import ConfirmChoices, OrganisationAnswers
from pledges.organisations import service as organisations
from pledges.signing import service as signing

NOON = datetime(2027, 6, 1, 12, tzinfo=UTC)
PASSWORD = "a brick is two units long"


def sign_in(client: Client, user: StaffUser, again: bool = False) -> StaffUser:
    """Signs in with password and second factor; `again`: both were given once more just now."""
    client.force_login(user)
    app = devices.new_app(user, devices.new_key())
    app.save()
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = app.persistent_id
    if again:
        session[sessions.REAUTHENTICATED] = timezone.now().timestamp()
    session.save()
    return user


def staff(email: str = "mona@example.org", *permissions: str) -> StaffUser:
    """Makes a member of staff with these permissions, like "decide_organisation"."""
    user = StaffUser.objects.create_user(email, PASSWORD, name=email.partition("@")[0].title())
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def pledge_text() -> PledgeText:
    """Returns the pledge text that the migrations publish; a test that empties the tables gets a short one."""
    return PledgeText.objects.first() or PledgeText.objects.create(
        number=1, pledge="One.\nTwo.", agreement="Yes.", published_at=NOON - timedelta(days=99)
    )


def answers(name: str = "Example Teachers' Network", **changes) -> OrganisationAnswers:
    given = {
        "mailbox": Mailbox("office@example.org"),
        "pledge_text": pledge_text(),
        "name": name,
        "kind": Organisation.Kind.EDUCATION.value,
        "signer_name": "Sample Signer",
        "signer_role": "Secretary",
        "is_named": True,
        "website": "https://www.example.org",
    }
    return OrganisationAnswers(**{**given, **changes})


def waiting(name: str = "Example Teachers' Network", now: datetime | None = None, **changes) -> Organisation:
    """Makes an organisation that has signed and confirmed, and waits for staff."""
    now = now or NOON - timedelta(days=1)
    signing.sign(answers(name, **changes), now)
    pending = PendingSignature.objects.latest("pk")
    assert signing.confirm(decrypt(pending.encrypted_token), ConfirmChoices(), now)
    return Organisation.objects.filter(digest=pending.digest, name=name).latest("pk")


def written_to(organisation: Organisation) -> list[str]:
    """Returns the kinds of the emails about decisions that were queued to it and not dropped, oldest first."""
    rows = QueuedEmail.objects.filter(ref__in=organisation.decisions().values("ref"), dropped_at=None)
    return list(rows.order_by("pk").values_list("kind", flat=True))


def approved(name: str = "Example Teachers' Network", **changes) -> Organisation:
    """Makes an organisation that is in the list since NOON."""
    organisation = waiting(name, **changes)
    by = StaffUser.objects.filter(email="mona@example.org").first() or staff()
    organisations.approve(organisation, by, organisation.version, NOON)
    organisation.refresh_from_db()
    return organisation
