"""The answers with which organisations applied, and who signs for them: written and read as encrypted JSON."""

import json
import logging
from collections.abc import Mapping
from typing import Any

from pledges.crypto import encryption, tokens
from pledges.inputs.email_address import Mailbox
from pledges.models import Organisation, PendingSignature
from pledges.models.answers import OrganisationAnswers

log = logging.getLogger(__name__)
SIGNER = ("signer_name", "signer_role", "email")


def write(answers: OrganisationAnswers) -> str:
    """Returns the application as JSON, which is stored encrypted until the mailbox confirms."""
    return json.dumps(
        {
            "name": answers.name,
            "website": answers.website,
            "kind": answers.kind,
            "is_named": answers.is_named,
            "signer_name": answers.signer_name,
            "signer_role": answers.signer_role,
            "email": answers.mailbox.address,
        }
    )


def read(pending: PendingSignature) -> dict[str, Any]:
    """Returns what an organisation applied with, until it is confirmed; keys as in `write`."""
    return json.loads(encryption.decrypt(pending.application))


def is_actionable(pending: PendingSignature) -> bool:
    """Whether confirming this pending signature would still change something.

    Answers to our emails (yearly, new contact) have no effect after the organisation was declined or has withdrawn.
    """
    about = read(pending).get("organisation") if pending.is_organisation else None
    return about is None or Organisation.objects.active().filter(ref=about).exists()


def signer(organisation: Organisation) -> dict[str, str] | None:
    """Returns who signs for it, with the keys of SIGNER; None if that was erased, never given, or can't be decrypted.

    A lost key must not prevent staff from deciding, nor the yearly emails to other organisations.
    """
    if not organisation.contact:
        return None
    try:
        return json.loads(encryption.decrypt(organisation.contact))
    except encryption.DecryptionError:
        log.error("no key decrypts the contact of an organisation")
        return None


def columns(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the answers as columns of an Organisation."""
    public = {name: answers[name] for name in ("name", "website", "kind", "is_named")}
    if not answers.get("email"):
        return public
    who = {name: answers[name] for name in SIGNER}
    identity = Mailbox(answers["email"]).identity
    return public | {"digest": tokens.digest(identity), "contact": encryption.encrypt(json.dumps(who))}
