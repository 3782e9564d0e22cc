import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from pledges.inputs.email_address import Mailbox, mailbox


@pytest.mark.parametrize(
    "text",
    [
        "a@localhost",
        "a@[127.0.0.1]",
        f"{'x' * 65}@example.org",
        "a@ｅｘａｍｐｌｅ.org",
        "a@127.0.0.1",
        "a＠example.org",
    ],
)
def test_what_is_no_real_mailbox_is_refused(text):
    with pytest.raises(ValidationError):
        mailbox(text)


def test_an_international_domain_is_stored_as_punycode():
    assert mailbox("sam@bücher.example").address == "sam@xn--bcher-kva.example"


@pytest.mark.parametrize("text", ["A@B.ORG", "a+pledge@b.org", "A+x+y@b.Org", " a@b.org "])
def test_capitals_and_a_plus_tag_make_no_second_mailbox(text):
    assert mailbox(text).identity == "a@b.org"


def test_dots_in_an_address_make_a_different_mailbox():
    assert mailbox("a.b@example.org").identity != mailbox("ab@example.org").identity


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("A.l.ice@gmail.com", "alice@gmail.com"),
        ("alice@googlemail.com", "alice@gmail.com"),
        ("a.lice+x.y@GoogleMail.com", "alice@gmail.com"),
        ("a-li_ce@gmail.com", "a-li_ce@gmail.com"),
        ("a.li-c_e@protonmail.com", "alice@proton.me"),
        ("alice@pm.me", "alice@proton.me"),
        ("alice@protonmail.ch", "alice@proton.me"),
        ("a.lice@me.com", "a.lice@icloud.com"),
        ("alice@mac.com", "alice@icloud.com"),
        ("a.lice@outlook.com", "a.lice@outlook.com"),
        ("a.lice@yahoo.co.uk", "a.lice@yahoo.co.uk"),
        ("a.lice@gmail.com.example.org", "a.lice@gmail.com.example.org"),
    ],
)
def test_dots_and_twin_domains_that_a_provider_ignores_make_no_second_mailbox(text, identity):
    assert mailbox(text).identity == identity


def test_the_address_that_is_written_to_stays_as_typed():
    assert mailbox("A.l.ice+x@googlemail.com").address == "A.l.ice+x@googlemail.com"


@pytest.mark.parametrize("text", ["_@proton.me", "+.@gmail.com"])
def test_a_local_part_of_ignored_characters_is_not_emptied(text):
    assert not Mailbox(text).identity.startswith("@")


def test_an_address_that_begins_with_plus_is_not_emptied():
    assert mailbox("+x@b.org").identity == "+x@b.org"


def test_emails_go_to_the_address_as_typed():
    assert mailbox("Alice+Pledge@Example.ORG").address == "Alice+Pledge@example.org"


@pytest.mark.parametrize("text", ["a@b.org\r\nBcc: c@d.org", "a\n@b.org", "a@b.org\x00", "a@b.org\u2028x"])
def test_no_line_break_gets_into_an_address(text):
    with pytest.raises(ValidationError):
        mailbox(text)


@pytest.mark.parametrize(
    "text",
    [
        "a@b.org,c@d.org",
        "a@b.org; c@d.org",
        "Alice <a@b.org>",
        "a@b.org c@d.org",
        "a(x)@b.org",
        '"a@c.org"@b.org',
        "a@c.org@b.org",
    ],
)
def test_never_more_than_one_recipient(text):
    with pytest.raises(ValidationError, match="one email address"):
        mailbox(text)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("sam", "an @"),
        ("@example.org", "an @"),
        ("sam@example", "no ending"),
        ("jörg@example.org", "“ö” can’t be used before the @"),
        ("o’connor@example.org", "“’” only looks like “'”"),
        ("ａlice@example.org", "“ａ” only looks like “a”"),
        ("a＠example.org", "“＠” only looks like “@”"),
        ("a@ｅxample.org", "“ｅ” only looks like “e”"),
        ("alice smith@example.org", "has no spaces"),
        ("alice@example,org", "Should it be a dot"),
        ("ali\u200bce@example.org", "hidden or broken character after “ali”"),
        ("alice@exam_ple.org", "“_” can’t be used after the @"),
        ("mailto:alice@example.org", "“:” can’t be used"),
        ("alice@@example.org", "two @ signs together"),
        ("alice@example..org", "two dots"),
        ("al..ice@example.org", "two dots"),
        ("alice@example.org.", "ends with a dot"),
        (".alice@example.org", "starts with a dot"),
        ("alice.@example.org", "next to the @"),
        ("alice@-example.org", "hyphen"),
        ("alice@127.0.0.1", "not a number"),
        ("alice@[127.0.0.1]", "“\\[” can’t be used"),
        ("alice@printer.local", "end with “local”"),
        ("alice@example.123", "end with a number"),
        ("a" * 65 + "@example.org", "64 characters"),
        ("alice@" + "b" * 64 + ".org", "63 characters"),
        ("alice@" + "b." * 130 + "org", "too long"),
    ],
)
def test_the_cause_of_a_mistake_is_named(text, cause):
    with pytest.raises(ValidationError, match=cause):
        mailbox(text)


@pytest.mark.parametrize(
    "text", ["\u200balice@example.org\u200b", "\ufeffalice@example.org", "\u2068alice@example.org\u2069"]
)
def test_invisible_characters_around_an_address_are_stripped(text):
    assert mailbox(text).address == "alice@example.org"


@given(st.text(max_size=80))
def test_whatever_is_typed_as_an_address_is_stored_or_refused(text):
    try:
        found = mailbox(text)
    except ValidationError:
        return
    assert mailbox(found.address) == found


@given(st.emails() | st.emails(domains=st.sampled_from(["gmail.com", "googlemail.com", "pm.me", "me.com"])))
def test_identity_is_found_once_and_for_all(text):
    try:
        found = mailbox(text)
    except ValidationError:
        return
    assert mailbox(found.address).identity == found.identity
    assert Mailbox(found.identity).identity == found.identity
