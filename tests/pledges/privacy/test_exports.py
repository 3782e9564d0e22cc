"""Exports of sealed contacts: streamed and recorded, with removals."""

import base64
import json
import threading
import time
from datetime import timedelta
from io import StringIO

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from pledges.abuse import rules
from pledges.crypto import tokens
from pledges.inputs import validation
from pledges.inputs.email_address import Mailbox
from pledges.models import Consent, Contact, EmailBlock, Export, Quarantine, Removal, Signature
from pledges.models.answers import ConfirmChoices
from pledges.my_pledge import withdrawal
from pledges.offline import opening
from pledges.privacy import erasure, exports
from tests import web_role
from tests.makers import ALICE, BOB, CHARLIE, NOW, signed
from tests.staff_accounts import sign_in, staff

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
TAKE_OUT = reverse("admin:pledges_export_add")


@pytest.fixture
def identity(settings):
    identity = pyrage.x25519.Identity.generate()
    settings.CAMPAIGN_PUBLIC_KEYS = [str(identity.to_public())]
    return identity


@pytest.fixture
def dana(db):
    return staff("dana@example.org", "export_contacts")


def export(dana, channel="email"):
    """The lines of an export, read."""
    return [json.loads(line) for line in exports.lines(exports.begin(channel, "news", dana, NOW))]


def of(kind, lines):
    return [line[kind] for line in lines if kind in line]


def erase(mailbox):
    withdrawal.withdraw(tokens.digest(mailbox.identity), NOW)


def test_any_line_of_an_export_can_be_opened_by_hand(identity, dana):
    signed(ALICE, by_email=True, name="Alice Example", occupation="Sample", postcode="SW1P 2HR")
    [sealed] = of("sealed", export(dana))
    record = json.loads(pyrage.decrypt(base64.b64decode(sealed), [identity]))
    assert tokens.hash_token(record.pop("unsubscribe")) == bytes(Contact.objects.get().unsubscribe_token)
    assert record == {
        "ref": str(Contact.objects.get().ref),
        "channel": "email",
        "date": "2026-06-01",
        "pledge_text": "1 (en)",
        "email": "alice@example.org",
        "name": "Alice Example",
        "occupation": "Sample",
        "postcode": "SW1P 2HR",
    }


def test_an_export_opens_into_tables(identity, dana, tmp_path):
    signed(ALICE, ConfirmChoices(post={"address": "Alice Example\n1 Example Street\nSampleton"}))
    lines = list(exports.lines(exports.begin("post", "drill", dana, NOW)))
    *_, opened = opening.tables(lines, [str(identity)], tmp_path, processes=1)
    assert (opened.contacts, opened.damaged, opened.broken_off) == (1, [], False)
    table = (tmp_path / "contacts.csv").read_text("utf-8-sig")
    assert "1 Example Street" in table
    assert "you may write to me by post" in table


def test_an_export_holds_one_channel(dana):
    signed(ALICE, by_email=True)
    signed(BOB, ConfirmChoices(post={"address": "Bob Example"}))
    assert len(of("sealed", export(dana, "post"))) == 1


def test_the_removals_of_an_export_are_of_one_channel(dana):
    signed(ALICE, by_email=True)
    signed(BOB, by_email=True)
    EmailBlock.objects.create(digest=tokens.digest(BOB.identity), blocked_on=NOW)
    export(dana)
    erase(ALICE)
    assert [len(of("removed", export(dana, channel))) for channel in ("email", "post")] == [2, 0]


def test_the_longest_answers_of_both_forms_can_be_sealed():
    widest, line = "𝔸" * validation.NAME, "𝔸" * validation.ADDRESS_LINE
    address = "\n".join([line] * validation.MOST_ADDRESS_LINES)
    longest = Mailbox("a" * 64 + "@" + "b." * 94 + "b")
    signed(longest, ConfirmChoices(post={"address": address}), by_email=True, name=widest, occupation=widest)
    assert Contact.objects.count() == 2


def test_quarantined_sample_and_blocked_contacts_are_not_exported(dana):
    for mailbox in (ALICE, BOB, CHARLIE):
        signed(mailbox, by_email=True)
    refs = {str(ref) for ref in Contact.objects.values_list("ref", flat=True)}
    marked = str(Contact.objects.get(signature__digest=tokens.digest(ALICE.identity)).ref)
    signed(Mailbox("dora@example.org"), by_email=True)
    Signature.objects.filter(digest=tokens.digest(ALICE.identity)).update(quarantined_on=NOW)
    Signature.objects.filter(digest=tokens.digest(BOB.identity)).update(sample=True)
    EmailBlock.objects.create(digest=tokens.digest(CHARLIE.identity), blocked_on=NOW)
    lines = export(dana)
    assert len(of("sealed", lines)) == Export.objects.get().records == 1
    assert set(of("removed", lines)) == refs - {marked}  # its quarantine may still be released


def test_invalid_contacts_are_removed_from_copies_only_after_the_seven_days(dana):
    signed(ALICE, by_email=True)
    ref = str(Contact.objects.get().ref)
    export(dana)
    group = Quarantine.objects.create(kind="client", opened_at=NOW)
    Signature.objects.update(quarantine=group, quarantined_on=NOW)
    rules.invalidate(group, dana, NOW)
    assert (of("sealed", export(dana)), of("removed", export(dana))) == ([], [])
    erasure.erase(NOW + 8 * DAY, erasure.due(NOW + 8 * DAY))
    assert of("removed", export(dana)) == [ref]


def test_a_block_of_another_spelling_keeps_a_contact_out_of_the_export(dana):
    signed(Mailbox("a.lice@gmail.com"), by_email=True)
    EmailBlock.objects.create(digest=tokens.digest(Mailbox("alice@googlemail.com").identity), blocked_on=NOW)
    assert of("sealed", export(dana)) == []


def test_a_withdrawal_after_an_export_is_in_the_next_ones_removals(dana):
    signed(ALICE, by_email=True)
    signed(BOB, by_email=True)
    ref = str(Signature.objects.get(digest=tokens.digest(ALICE.identity)).contacts.get().ref)
    export(dana)
    erase(ALICE)
    for _ in range(2):  # and in every later one
        lines = export(dana)
        assert of("removed", lines) == [ref]
        assert len(of("sealed", lines)) == 1


def test_every_deleted_contact_is_in_the_next_exports_removals(dana):
    signed(ALICE, by_email=True)
    signed(BOB, by_email=True)
    signed(CHARLIE, by_email=True)
    refs = {str(ref) for ref in Contact.objects.values_list("ref", flat=True)}
    export(dana)
    withdrawal.stop(tokens.digest(ALICE.identity), Contact.Channel.EMAIL, Consent.Source.PHONE, NOW)
    signed(BOB, now=NOW + DAY)  # signs again and no longer asks for email
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM pledges_contact")  # someone by hand
    assert set(of("removed", export(dana))) == refs


@pytest.mark.django_db(transaction=True)
def test_an_export_waits_for_deletions_in_progress(dana):
    signed(ALICE, by_email=True)
    going = threading.Event()

    def go():
        with transaction.atomic():
            Contact.objects.all().delete()
            going.set()
            time.sleep(0.3)
        connection.close()

    threading.Thread(target=go).start()
    going.wait()
    assert not of("sealed", export(dana))


def test_no_removal_is_recorded_before_the_first_export(dana):
    signed(ALICE, by_email=True)
    export(dana, "post")
    erase(ALICE)
    assert not Removal.objects.exists()


@pytest.mark.parametrize("change", ["UPDATE pledges_export SET purpose = 'drill'", "DELETE FROM pledges_export"])
def test_the_record_of_an_export_is_never_changed(dana, change):
    exports.begin("email", "news", dana, NOW)
    with web_role.owner(), pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_the_command_writes_the_stream_and_records_it(dana):
    signed(ALICE, by_email=True)
    out, said = StringIO(), StringIO()
    call_command("export_contacts", "email", purpose="drill", by="Dana@example.org", stdout=out, stderr=said)
    assert [next(iter(json.loads(line))) for line in out.getvalue().splitlines()] == ["export", "sealed", "end"]
    recorded = Export.objects.get()
    assert (recorded.purpose, recorded.records, recorded.exported_by) == ("drill", 1, dana)


def test_the_record_tells_the_command_line_from_the_browser(client, dana):
    signed(ALICE, by_email=True)
    call_command("export_contacts", "email", purpose="drill", by=dana.email, stdout=StringIO(), stderr=StringIO())
    sign_in(client, dana, again=True)
    client.post(TAKE_OUT, {"channel": "email", "purpose": "news"})
    assert list(Export.objects.order_by("pk").values_list("by_command", flat=True)) == [True, False]


def test_an_empty_export_on_the_command_line_fails(dana):
    with pytest.raises(CommandError, match="no contacts"):
        call_command("export_contacts", "post", purpose="news", by=dana.email, stdout=StringIO(), stderr=StringIO())


def test_the_command_refuses_an_account_without_permission(dana):
    staff("mona@example.org", "view_export")
    gone = staff("gone@example.org", "export_contacts")
    type(gone).objects.filter(pk=gone.pk).update(is_active=False)
    for email in ("mona@example.org", "gone@example.org", "unknown@example.org"):
        with pytest.raises(CommandError, match="not the address of an account"):
            call_command("export_contacts", "email", purpose="drill", by=email, stdout=StringIO())
    assert not Export.objects.exists()


def test_staff_with_the_permission_export_in_the_browser(client, dana):
    signed(ALICE, by_email=True)
    sign_in(client, dana, again=True)
    assert "only a key holder can open" in client.get(TAKE_OUT).text
    answer = client.post(TAKE_OUT, {"channel": "email", "purpose": "news"})
    assert len(answer.getvalue().splitlines()) == 3
    assert Export.objects.get().exported_by == dana


def test_the_page_says_how_many_would_go_out_and_afterwards_how_many_did(client, dana):
    signed(ALICE, by_email=True)
    sign_in(client, dana, again=True)
    assert "email: 1 contact<" in client.get(TAKE_OUT).text.replace("</span>", "<")
    b"".join(client.post(TAKE_OUT, {"channel": "email", "purpose": "news"}))
    assert "1 encrypted contact was exported as contacts-email.jsonl" in client.get(TAKE_OUT).text


def test_an_export_has_a_fixed_name_and_is_stored_nowhere(client, dana):
    sign_in(client, dana, again=True)
    answer = client.post(TAKE_OUT, {"channel": "email", "purpose": "news"})
    assert answer.streaming
    assert answer["Content-Disposition"] == 'attachment; filename="contacts-email.jsonl"'
    assert (answer["Cache-Control"], answer["X-Accel-Buffering"]) == ("no-store", "no")


@pytest.mark.parametrize("sent", [{}, {"channel": "phone", "purpose": "news"}, {"channel": "email", "purpose": "mine"}])
def test_an_export_needs_a_channel_and_a_purpose_of_the_list(client, dana, sent):
    sign_in(client, dana, again=True)
    assert client.post(TAKE_OUT, sent).status_code == 422
    assert not Export.objects.exists()


def test_no_other_permission_exports_contacts(client):
    sign_in(client, staff("mona@example.org", "view_export", "add_export", "decide_organisation"), again=True)
    assert client.get(TAKE_OUT).status_code == 403
    assert client.post(TAKE_OUT, {"channel": "email", "purpose": "news"}).status_code == 403


def test_exporting_asks_for_password_and_factor_again(client, dana):
    sign_in(client, dana)
    assert client.get(TAKE_OUT).url == f"/admin/factor/again/?next={TAKE_OUT.replace('/', '%2F')}"
    client.post(TAKE_OUT, {"channel": "email", "purpose": "news"})
    assert not Export.objects.exists()
