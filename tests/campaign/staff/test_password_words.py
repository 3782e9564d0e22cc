import pytest
from django.conf import global_settings
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

from campaign import settings as ours
from campaign.staff.password_words import CampaignWordsValidator


@pytest.mark.parametrize(
    "password",
    [
        "caredontshare1",
        "Care Don't Share!",
        "C4reD0nt5hare2026",
        "firewall-pledge-99",
        "ｐｌｅｄｇｅcampaign2027",
        "LibertyAdmin123",
    ],
)
def test_words_of_the_campaign_are_refused_as_a_password(password):
    with pytest.raises(ValidationError, match="campaign’s own words"):
        CampaignWordsValidator().validate(password)


@pytest.mark.parametrize("password", ["a brick is two units long", "seven herons at dusk", "kX9#pledge-mQvTzRw"])
def test_other_passwords_are_taken(password):
    CampaignWordsValidator().validate(password)


def test_the_name_of_the_site_is_one_of_the_words(settings):
    settings.SITE_ORIGIN = "https://nightingale.example.org"
    with pytest.raises(ValidationError):
        CampaignWordsValidator().validate("nightingale-2026")


def test_passwords_are_stored_by_a_slow_hash():
    """Looks at the real settings, because the suite uses a quick hasher."""
    hashers = getattr(ours, "PASSWORD_HASHERS", global_settings.PASSWORD_HASHERS)
    assert import_string(hashers[0]).iterations >= 600_000
