from urllib.parse import urlencode

import pytest


@pytest.fixture
def post(client):
    """Posts fields as a browser does."""

    def post(path, fields=(), **headers):
        # Without a body the test client would leave out the type, which no browser does.
        body = urlencode(dict(fields)) or "nothing="
        return client.post(path, body, "application/x-www-form-urlencoded", headers=headers)

    return post
