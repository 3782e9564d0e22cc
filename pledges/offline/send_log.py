"""The log of one sending: who has got it, by the hash of each contact's token, so that it resumes where it stopped.

It holds no address, and no token: with a token anybody could unsubscribe its owner. Each line is written to the disk
before the email goes out, and another after it: where the program is killed between them, that one email is not sent
again, for it may have arrived.
"""

import hashlib
import json
import os
from pathlib import Path

BEGUN, SENT, REFUSED = "begun", "sent", "refused"


class OtherUpdate(Exception):
    """The log is of another text or another site."""


class SendLog:
    def __init__(self, path: Path, about: str) -> None:
        """Opens or begins the log of sending `about`; raises OtherUpdate where the log is of something else."""
        self.states: dict[str, str] = {}
        self._path = path
        about = hashlib.sha256(about.encode()).hexdigest()
        if path.exists():
            self._read(about)
        # Readable by its owner alone; it stays open for the whole sending.
        self._file = os.fdopen(
            os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="ascii"
        )
        if not self.states and path.stat().st_size == 0:
            self._write({"update": about})

    def _read(self, about: str) -> None:
        for number, line in enumerate(self._path.read_text("ascii").splitlines()):
            try:
                entry = json.loads(line)
            except ValueError:  # the line that was being written when the power went
                continue
            if number == 0 and entry.get("update") != about:
                raise OtherUpdate
            if "token" in entry:
                self.states[entry["token"]] = entry["state"]

    def state(self, token: str) -> str:
        """BEGUN, SENT or REFUSED; empty for a contact whose turn has not come."""
        return self.states.get(_name(token), "")

    def note(self, token: str, state: str) -> None:
        """Writes that the email of this contact has begun, was sent or was refused, through to the disk."""
        self.states[_name(token)] = state
        self._write({"token": _name(token), "state": state})

    def done(self) -> int:
        """How many contacts had their turn."""
        return sum(bool(each) for each in self.states.values())

    def count(self, state: str) -> int:
        return sum(each == state for each in self.states.values())

    def close(self) -> None:
        self._file.close()

    def _write(self, entry: dict[str, str]) -> None:
        self._file.write(json.dumps(entry) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def _name(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
