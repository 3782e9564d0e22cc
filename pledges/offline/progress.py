"""Shows the progress of a long command: on a terminal in one changing line, elsewhere a line from time to time."""

import sys
import time
from typing import TextIO

FIRST, ON_A_TERMINAL, ELSEWHERE = 2.0, 0.2, 30.0  # seconds until the first output, and between two outputs


class Progress:
    def __init__(self, what: str, total: float, out: TextIO | None = None) -> None:
        """`total` is the expected last value of `to`; 0 if it is not known."""
        self.what, self.total, self.out = what, total, out or sys.stderr
        self.is_terminal = self.out.isatty()
        self.began = time.monotonic()
        self.next = self.began + FIRST
        self.said = False

    def to(self, done: float) -> None:
        """Reports how much of the total is done."""
        now = time.monotonic()
        if now < self.next:
            return
        self.next = now + (ON_A_TERMINAL if self.is_terminal else ELSEWHERE)
        line = f"  {self.what}: {self._how_far(done, now - self.began)}"
        self.out.write(f"\r{line:<78}" if self.is_terminal else f"{line}\n")
        self.out.flush()
        self.said = True

    def end(self) -> None:
        """Clears the changing line."""
        if self.said and self.is_terminal:
            self.out.write(f"\r{'':<78}\r")
            self.out.flush()

    def _how_far(self, done: float, seconds: float) -> str:
        if not self.total or not done:
            return f"{duration(seconds)} so far"
        share = min(done / self.total, 0.99)  # because the total may be an estimate
        return f"{share:.0%}, about {duration(seconds * (1 - share) / share)} left"


def duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{round(whole / 60)} min"
