from urllib.parse import urlencode

import pytest

from pledges.models.answers import ConfirmChoices
from tests.makers import BOB, NOW, signed


@pytest.fixture
def post(client):
    """Returns a function that posts fields as a browser does."""

    def post(path, fields=(), **headers):
        # Without a body the test client would send no content type, as no browser does.
        body = urlencode(dict(fields)) or "nothing="
        return client.post(path, body, "application/x-www-form-urlencoded", headers=headers)

    return post


@pytest.fixture
def bob(time_machine):
    """Bob has signed with every choice, and the clock stands still at NOW."""
    time_machine.move_to(NOW, tick=False)
    signed(BOB, ConfirmChoices(public_name="Bob Example", post={"address": "1 Example Street"}), by_email=True)
