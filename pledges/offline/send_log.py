"""The log of sending one update: which contacts have got it, so that a run which was stopped can be continued.

It contains hashes of the contacts' tokens, no addresses and no tokens: with a token anyone could unsubscribe its
owner. One line is written to the disk before each email is sent, and another afterwards. If the program is killed
between them, that email is not sent again, because it may have arrived.
"""

import hashlib
import json
import os
from pathlib import Path

BEGUN, SENT, REFUSED = "begun", "sent", "refused"


class OtherUpdate(Exception):
    """The log belongs to another text."""


class SendLog:
    def __init__(self, path: Path, about: str) -> None:
        """Opens or creates the log of sending `about`; raises OtherUpdate if the file is something else."""
        self.states: dict[str, str] = {}
        first = {"update": hashlib.sha256(about.encode()).hexdigest()}
        text = path.read_text("ascii") if path.exists() else ""
        lines = text.splitlines()
        self._read(lines, first)
        # Readable only by its owner; it stays open until `close`.
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="ascii")
        if text and not text.endswith("\n"):
            self._file.write("\n")  # ends the line that broke off, or the next entry would be lost with it
        if json.dumps(first) not in lines:
            self._write(first)

    def _read(self, lines: list[str], first: dict[str, str]) -> None:
        """Reads the states of the contacts; lines that broke off when the power went are passed over."""
        if lines and not json.dumps(first).startswith(lines[0]):
            raise OtherUpdate
        for line in lines:
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if entry.get("update", first["update"]) != first["update"]:
                raise OtherUpdate
            if "token" in entry:
                self.states[entry["token"]] = entry["state"]

    def state(self, token: str) -> str:
        """BEGUN, SENT or REFUSED; empty if sending to this contact has not begun."""
        return self.states.get(_name(token), "")

    def note(self, token: str, state: str) -> None:
        """Records the state of a contact, and waits until it is on the disk."""
        self.states[_name(token)] = state
        self._write({"token": _name(token), "state": state})

    def done(self) -> int:
        """For how many contacts sending has begun."""
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
