"""The steps of the backup drill (see test_backup_drill.py), each run in its own `manage.py shell`."""

import json

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import setup_test_environment
from django.utils import timezone

from campaign.staff.models import StaffUser
from pledges.crypto import tokens
from pledges.inputs.email_address import Mailbox
from pledges.lists import service as lists
from pledges.models import Organisation, PublicName, QueuedEmail, Signature
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import withdrawal
from pledges.organisations import service as organisations
from tests import staff_accounts
from tests.campaign.staff.test_second_factor import INDEX, set_up, type_password
from tests.makers import signed

FILL = """
INSERT INTO pledges_signature (ref, digest, pledge_text_id, confirmed_on, region, profession, sample)
SELECT gen_random_uuid(), sha256(convert_to('drill ' || n, 'UTF8')), 1, '2026-06-01'::date + n %% 60, '', '', false
FROM generate_series(1, %(count)s) AS n;
INSERT INTO pledges_consent (signature_id, act, purpose, pledge_text_id, recorded_on, source)
SELECT id, 'given', 'pledge', pledge_text_id, confirmed_on, 'confirm-page' FROM pledges_signature;
INSERT INTO pledges_publicname (ref, signature_id, name, listed_on)
SELECT gen_random_uuid(), id, 'Sample ' || id, confirmed_on FROM pledges_signature WHERE id %% 5 < 2;
"""


def fill(count: int) -> None:
    """Makes a site with this many signatures, and Bob, Carol and an organisation, who are erased or hidden later."""
    call_command("migrate", verbosity=0)
    call_command("load_report", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"count": count})
    for name in ("Bob", "Carol"):
        signed(Mailbox(f"{name.lower()}@example.org"), ConfirmChoices(public_name=f"{name} Example"), timezone.now())
    staff_accounts.approved("Example Withdrawn Society")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def leave() -> None:
    """Withdraws Bob and the organisation and hides Carol's name, after the backup."""
    now, by = timezone.now(), StaffUser.objects.get()
    withdrawal.withdraw(tokens.digest(Mailbox("bob@example.org").identity), now)
    lists.set_hidden(PublicName.objects.get(name="Carol Example"), True, "asked", by, now)
    organisation = Organisation.objects.get()
    organisations.withdraw(organisation, by, "asked", organisation.version, now)


def look() -> None:
    """Uses the restored site: prints what is public, whether staff can sign in, and whether a person can sign."""
    setup_test_environment()
    settings.ALLOWED_HOSTS.append("testserver")
    client, found = Client(), {}
    found["waiting emails"] = QueuedEmail.objects.filter(mailbox__isnull=False).count()
    found["public"] = sorted(
        [
            *PublicName.objects.shown().filter(name__contains="Example").values_list("name", flat=True),
            *Organisation.objects.listed().values_list("name", flat=True),
        ]
    )
    type_password(client)
    set_up(client)
    found["signed in"] = client.get(INDEX).status_code
    before = Signature.objects.count()
    signed(Mailbox("dora@example.org"), ConfirmChoices(public_name="Dora Example"), timezone.now())
    found["signatures more"] = Signature.objects.count() - before
    print(json.dumps(found))
