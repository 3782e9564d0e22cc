"""Organisations land, are approved, declined and withdrawn: the only writer of organisations."""

import json
from datetime import datetime

from pledges import sealing
from pledges.answers import OrganisationAnswers
from pledges.models import Organisation, Pending


def written(answers: OrganisationAnswers) -> str:
    """The application as JSON, to be locked until the mailbox confirms."""
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


def land(pending: Pending, now: datetime) -> Organisation:
    """The confirmed application waits for staff; who signed for it is kept locked, since staff must judge it."""
    answers = json.loads(sealing.unlock(pending.application))
    contact = {key: answers.pop(key) for key in ("signer_name", "signer_role", "email")}
    return Organisation.objects.create(
        **answers,
        wording=pending.wording,
        digest=pending.digest,
        contact=sealing.lock(json.dumps(contact)),
        confirmed_at=now,
    )
