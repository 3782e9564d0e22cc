import pytest

from pledges.inputs.email_providers import Provider, provider_of


@pytest.mark.parametrize(
    ("address", "provider"),
    [
        ("a@GoogleMail.com", Provider.GOOGLE),
        ("a@nhs.net", Provider.PUBLIC),
        ("a@cs.example.ac.uk", Provider.PUBLIC),
        ("a@not-nhs.net", Provider.OTHER),
        ("a@gmail.com.example", Provider.OTHER),
    ],
)
def test_a_mailbox_belongs_to_the_group_of_its_domain_and_no_lookalike(address, provider):
    assert provider_of(address) is provider
