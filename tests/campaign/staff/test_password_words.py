import pytest
from django.core.exceptions import ValidationError

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
    with pytest.raises(ValidationError, match="belong to this campaign"):
        CampaignWordsValidator().validate(password)


@pytest.mark.parametrize(
    "password", ["a brick is two units long", "seven herons at dusk", "kX9#pledge-mQvTzRw"]
)
def test_other_passwords_are_taken(password):
    CampaignWordsValidator().validate(password)


def test_the_name_of_the_site_is_one_of_the_words(settings):
    settings.SITE_ORIGIN = "https://nightingale.example.org"
    with pytest.raises(ValidationError):
        CampaignWordsValidator().validate("nightingale-2026")
