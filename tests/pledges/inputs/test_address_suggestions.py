"""Suggestions for an email address with a mistyped domain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pledges.inputs.address_suggestions import suggested_address
from pledges.inputs.email_providers import DOMAINS

SLIPS = {
    "gmail.com": """gmial.com gamil.com gmai.com gmil.com gmal.com gmaill.com gnail.com gmail.con gmail.co gmail.cm
        gmail.om gmail.comm gmail.cmo gmail.vom gmial.con gmail.co.uk gmail.uk GMIAL.COM""",
    "googlemail.com": "goglemail.com googlemial.com googlemail.co.uk",
    "hotmail.co.uk": "hotmial.co.uk hotmal.co.uk homtail.co.uk hotmail.couk hotmail.co.ku hotmail.uk hotnial.co.uk",
    "hotmail.com": "hotmial.com hotmil.com hotmail.con hotmail.co hotmaill.com hitmail.com",
    "outlook.com": "outlok.com outllok.com outook.com outlook.con",
    "yahoo.co.uk": "yaho.co.uk yahooo.co.uk yahoo.couk yahoo.uk yhaoo.co.uk yahoo.com.uk",
    "icloud.com": "iclod.com icould.com icloud.co icloud.con",
    "btinternet.com": "btinternet.co.uk btinernet.com btintenet.com",
    "virginmedia.com": "virginmedia.co.uk virginmeida.com",
    "live.co.uk": "live.couk live.uk",
    "example.com": "example.con example.cmo",
    "mail.example.org.uk": "mail.example.org.ku",
    "example.ac.uk": "example.ac.ku",
    "example.co.uk": "example.couk",
    "example.org": "example.ogr",
}


@pytest.mark.parametrize(("typed", "right"), [(slip, right) for right, all in SLIPS.items() for slip in all.split()])
def test_a_common_typing_error_gets_a_suggestion(typed, right):
    assert suggested_address(f"Alice.Example@{typed}") == f"Alice.Example@{right}"


@pytest.mark.parametrize("domain", sorted(DOMAINS))
def test_no_large_service_is_corrected_to_another(domain):
    assert suggested_address(f"alice@{domain}") == ""


@pytest.mark.parametrize(
    "domain",
    """email.com hotmail.fr hotmail.ca hotmail.no outlook.co.jp yahoo.ca yahoo.co.in yahoo.com.au live.nl gmx.at
    aol.de mail.ru me.uk sky.it protonmail.ch fastmail.fm tutanota.de posteo.de tiscali.it hushmail.com cloud.com
    nhs.net nhs.uk nhs.scot example.org example.co example.cm example.uk students.example.ac.uk gov.scot
    liberty.example x.uk xn--bcher-kva.example""".split(),  # noqa: SIM905
)
def test_a_real_domain_gets_no_suggestion(domain):
    assert suggested_address(f"alice@{domain}") == ""


@given(st.from_regex(r"[a-z]{1,12}(\.[a-z]{2,4}){1,2}", fullmatch=True))
def test_a_suggestion_gets_no_further_suggestion(domain):
    suggestion = suggested_address(f"alice@{domain}")
    assert suggestion == "" or suggested_address(suggestion) == ""
