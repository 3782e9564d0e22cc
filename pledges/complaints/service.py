"""Complaints about how personal details are handled (Data Protection Act 2018, section 164A).

A complaint is only emailed to the controller: once the email is sent, nothing of its text is stored.
"""

import json
from datetime import datetime
from uuid import UUID

from django.conf import settings

from pledges.emails import queue
from pledges.inputs.email_address import mailbox

# By law; the page after the form acknowledges it at once.
ACKNOWLEDGED_WITHIN_DAYS = 30


def complain(message: str, answer_to: str, now: datetime) -> UUID:
    """Queues the complaint; returns the ref from which its reference is made."""
    words = json.dumps({"message": message, "answer_to": answer_to})
    return queue.add_complaint(words, mailbox(settings.CONTROLLER["email"]), now).ref


def reference(ref: UUID) -> str:
    """The number of the complaint on the page and in the email, like C-1A2B-3C4D."""
    short = ref.hex[:8].upper()
    return f"C-{short[:4]}-{short[4:]}"
