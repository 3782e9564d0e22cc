"""Passkeys as a second factor: registers one with a browser, and checks what a browser signed with one.

django-otp-webauthn stores the passkeys and checks the signatures. Its views are not used: our pages are plain forms
whose hidden field `passkey` holds the browser's answer, so that passkeys and codes have the same limits, redirects and
messages. The host name that a passkey belongs to comes from SITE_ORIGIN (campaign.settings), never from the Host
header.
"""

import json
import logging
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django_otp_webauthn.exceptions import OTPWebAuthnApiError
from django_otp_webauthn.helpers import WebAuthnHelper
from django_otp_webauthn.models import WebAuthnCredential
from webauthn.helpers.exceptions import WebAuthnException

from campaign.staff.models import StaffUser

log = logging.getLogger(__name__)
# Keys in the session: what the browser was asked to sign. Each is used for one answer.
REGISTERING, AUTHENTICATING = "passkey to register", "passkey to authenticate"
LONGEST_ANSWER = 20_000
# The exceptions of the library for a wrong signature, and for an answer of the wrong shape.
_REFUSED = (OTPWebAuthnApiError, WebAuthnException, ValueError, TypeError, KeyError, AttributeError)


class Helper(WebAuthnHelper):
    """The library's checks, without storing the attestation, which says what make of device it is."""

    def create_attestation(self, *args: Any) -> None:  # type: ignore[override]
        return None


def passkeys_of(user: StaffUser) -> Any:
    """Returns the user's passkeys, in the order in which they were added."""
    return WebAuthnCredential.objects.filter(user=user, confirmed=True).order_by("created_at", "pk")


def options_to_register(request: HttpRequest, user: StaffUser) -> str:
    """Returns JSON for the browser's `navigator.credentials.create`; stores its challenge in the session."""
    options, request.session[REGISTERING] = Helper(request).register_begin(user)
    return json.dumps(options)


def options_to_authenticate(request: HttpRequest, user: StaffUser) -> str:
    """Returns JSON for the browser's `navigator.credentials.get`; "" if the user has no passkey."""
    if not passkeys_of(user).exists():
        return ""
    options, request.session[AUTHENTICATING] = Helper(request).authenticate_begin(user, require_user_verification=False)
    return json.dumps(options)


def register(request: HttpRequest, user: StaffUser, name: str, answer: str) -> WebAuthnCredential | None:
    """Stores the passkey in `answer`, the browser's JSON; returns None if it does not answer our challenge."""
    state, data = _state(request.session, REGISTERING), _parsed(answer)
    if state is None or data is None:
        return None
    try:
        with transaction.atomic():
            passkey = Helper(request).register_complete(user, state, data)
            passkey.name = name
            passkey.save(update_fields=["name"])
    except (*_REFUSED, IntegrityError) as error:
        log.info("a passkey was not registered: %s", type(error).__name__)
        return None
    return passkey


def authenticate(request: HttpRequest, user: StaffUser, answer: str) -> WebAuthnCredential | None:
    """Returns the user's passkey that signed our challenge, or None. A challenge is used once."""
    state, data = _state(request.session, AUTHENTICATING), _parsed(answer)
    if state is None or data is None:
        return None
    try:
        with transaction.atomic():
            passkey = Helper(request).authenticate_complete(user, state, data)
    except _REFUSED as error:
        log.info("a passkey was refused: %s", type(error).__name__)
        return None
    return passkey if passkey.confirmed else None


def _state(session: SessionBase, key: str) -> dict | None:
    """Returns the challenge and removes it from the session, so that it can't be answered twice, even if this request
    fails.
    """
    state = session.pop(key, None)
    session.save()
    return state


def _parsed(answer: str) -> dict | None:
    try:
        data = json.loads(answer) if len(answer) <= LONGEST_ANSWER else None
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
