from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from pledges.emails import compose
from pledges.inputs.email_address import Mailbox
from pledges.models import Organisation, OrganisationDecision, QueuedEmail
from pledges.models.answers import Words
from pledges.organisations import applications, upkeep
from pledges.organisations import service as organisations
from tests.staff_accounts import NOON, approved, staff, waiting, written_to

pytestmark = pytest.mark.django_db


def asked():
    """An organisation that staff asked something."""
    organisation = waiting()
    organisations.ask(organisation, staff(), Words("who"), 1, NOON)
    organisation.refresh_from_db()
    return organisation


def test_a_confirmed_organisation_waits_and_is_not_public():
    organisation = waiting()
    assert organisation in Organisation.objects.waiting()
    assert not Organisation.objects.listed().exists()


def test_the_signer_is_stored_encrypted():
    organisation = waiting()
    assert b"Sample Signer" not in bytes(organisation.contact)
    assert applications.signer(organisation)["signer_name"] == "Sample Signer"


def test_approving_lists_it_records_who_and_writes_to_it():
    organisation, mona = waiting(), staff()
    organisations.approve(organisation, mona, organisation.version, NOON)
    decision = OrganisationDecision.objects.get()
    assert list(Organisation.objects.listed()) == [organisation]
    assert (decision.act, decision.decided_by, decision.decided_at) == ("approve", mona, NOON)
    assert written_to(organisation) == [QueuedEmail.Kind.APPROVED]


def test_declining_leaves_it_out_and_tells_it_the_reason():
    organisation, other, mona = waiting(), waiting("Another Example"), staff()
    organisations.decline(organisation, mona, Words(OrganisationDecision.Reason.DUPLICATE), 1, NOON)
    email = QueuedEmail.objects.latest("pk")
    organisations.decline(other, mona, Words(OrganisationDecision.Reason.AUTHORITY), 1, NOON)
    email = compose.compose(email, NOON)
    assert not Organisation.objects.listed().exists()
    assert "has signed already" in email.body


def test_emails_about_a_decision_contain_nothing_that_the_organisation_wrote():
    organisation = waiting("Buy Cheap Bricks", signer_name="Click Here")
    organisations.decline(organisation, staff(), Words(OrganisationDecision.Reason.UNVERIFIED), 1, NOON)
    email = compose.compose(QueuedEmail.objects.latest("pk"), NOON)
    said = email.subject + email.body + email.alternatives[0].content
    assert "Bricks" not in said
    assert "Click Here" not in said


def test_a_decision_applies_only_to_the_version_that_was_seen():
    organisation = waiting()
    waiting(website="https://www.example.com", now=NOON)
    with pytest.raises(organisations.Conflict):
        organisations.approve(organisation, staff(), organisation.version, NOON)


def test_an_organisation_that_changes_its_entry_waits_again():
    organisation = waiting()
    organisations.approve(organisation, staff(), 1, NOON)
    waiting("Example TEACHERS' Network", website="https://www.example.com", now=NOON + timedelta(days=1))
    [again] = Organisation.objects.all()
    assert again in Organisation.objects.waiting()
    assert (again.ref, again.version) == (organisation.ref, 2)


def test_nobody_changes_the_entry_of_another_mailbox():
    organisation = approved()
    waiting(mailbox=Mailbox("mallory@example.com"), website="https://www.example.com")
    assert list(Organisation.objects.listed()) == [organisation]
    assert Organisation.objects.count() == 2


def test_one_mailbox_may_sign_for_two_organisations():
    waiting("Example Teachers' Network")
    waiting("Example Parents' Forum")
    assert Organisation.objects.waiting().count() == 2


def test_the_email_of_approval_leads_to_what_can_be_shared_until_the_campaign_ends(settings):
    organisations.approve(waiting(), staff(), 1, NOON)
    queued = QueuedEmail.objects.get(kind="approved")
    assert f"{settings.SITE_ORIGIN}/share/" in compose.compose(queued, NOON).body
    settings.CAMPAIGN_ENDS = "2020-01-01"
    assert "/share/" not in compose.compose(queued, NOON).body


def test_the_email_of_approval_is_dropped_if_the_organisation_withdraws():
    organisation, mona = waiting(), staff()
    organisations.approve(organisation, mona, 1, NOON)
    organisations.withdraw(organisation, mona, OrganisationDecision.Reason.ASKED, 1, NOON)
    assert compose.compose(QueuedEmail.objects.get(kind="approved"), NOON) is None


def test_the_contact_is_emailed_the_reason_when_staff_withdraw_it():
    organisation = waiting()
    organisations.approve(organisation, mona := staff(), 1, NOON)
    organisations.withdraw(organisation, mona, OrganisationDecision.Reason.DUPLICATE, 1, NOON)
    written = QueuedEmail.objects.get(kind="withdrawn")
    organisations.withdraw(waiting("Another Example"), mona, OrganisationDecision.Reason.ASKED, 1, NOON)
    email = compose.compose(written, NOON)
    assert email.to == ["office@example.org"]
    assert "The organisation has signed already" in email.body


def test_an_organisation_may_withdraw_by_itself():
    organisation = waiting()
    organisations.withdraw(organisation, None, OrganisationDecision.Reason.ASKED, 1, NOON)
    assert "withdrawn" not in written_to(organisation)
    assert OrganisationDecision.objects.get().decided_by is None
    assert not Organisation.objects.active().exists()


@pytest.mark.parametrize(
    "act",
    [
        lambda body, by: organisations.approve(body, by, 1, NOON),
        lambda body, by: organisations.decline(body, by, Words("asked"), 1, NOON),
        lambda body, by: organisations.ask(body, by, Words("who"), 1, NOON),
        lambda body, by: organisations.withdraw(body, by, "asked", 1, NOON),
        lambda body, by: organisations.edit(body, {"name": "Example Teachers"}, NOON),
        lambda body, by: upkeep.invite(body, by, {}, 1, NOON),
    ],
)
def test_nothing_is_done_about_one_that_has_withdrawn(act):
    organisation = waiting()
    organisations.withdraw(organisation, None, OrganisationDecision.Reason.ASKED, 1, NOON)
    with pytest.raises(organisations.Conflict):
        act(organisation, staff())


def test_one_that_is_decided_is_not_asked():
    organisation = approved()
    with pytest.raises(organisations.Conflict):
        organisations.ask(organisation, staff("noor@example.org"), Words("who"), organisation.version, NOON)


def test_staff_enter_one_that_agreed_in_writing():
    nadia = staff()
    entry = {"name": "Sample Midwives' Circle", "website": "", "kind": "health", "is_named": True}
    organisation = organisations.enter(entry, date(2027, 5, 1), nadia, NOON)
    assert organisation in Organisation.objects.listed()
    assert (organisation.entered_by, organisation.agreed_on) == (nadia, date(2027, 5, 1))
    assert written_to(organisation) == []


@pytest.mark.parametrize("change", [lambda rows: rows.update(reason="asked"), lambda rows: rows.delete()])
def test_a_decision_cannot_be_changed_in_the_database_either(change):
    organisations.approve(waiting(), staff(), 1, NOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        change(OrganisationDecision.objects.all())


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_at_once_one_decides_and_the_other_gets_a_message():
    organisation, staffs = waiting(), [staff(f"{name}@example.org") for name in ("mona", "noor")]

    def decide(by):
        try:
            organisations.approve(organisation, by, 1, NOON)
        except organisations.Conflict:
            return "told"
        finally:
            connection.close()
        return "decided"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, staffs)) == ["decided", "told"]
    assert OrganisationDecision.objects.count() == 1
    assert written_to(organisation) == [QueuedEmail.Kind.APPROVED]
