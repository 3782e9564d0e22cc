"""How far a long command has come: on a terminal a line that moves, with an estimate; elsewhere a line at times."""

import sys
import time
from typing import TextIO

FIRST, ON_A_TERMINAL, ELSEWHERE = 2.0, 0.2, 30.0  # seconds until something is said, and between two times


class Progress:
    def __init__(self, what: str, total: float, out: TextIO | None = None) -> None:
        """`total` is what `to` will come to, as far as it is known; 0 where it is not."""
        self.what, self.total, self.out = what, total, out or sys.stderr
        self.is_terminal = self.out.isatty()
        self.began = time.monotonic()
        self.next = self.began + FIRST
        self.said = False

    def to(self, done: float) -> None:
        """So much of the total is done."""
        now = time.monotonic()
        if now < self.next:
            return
        self.next = now + (ON_A_TERMINAL if self.is_terminal else ELSEWHERE)
        line = f"  {self.what}: {self._how_far(done, now - self.began)}"
        self.out.write(f"\r{line:<78}" if self.is_terminal else f"{line}\n")
        self.out.flush()
        self.said = True

    def end(self) -> None:
        """Clears the moving line, for what is said next."""
        if self.said and self.is_terminal:
            self.out.write(f"\r{'':<78}\r")
            self.out.flush()

    def _how_far(self, done: float, seconds: float) -> str:
        if not self.total or not done:
            return f"{duration(seconds)} so far"
        share = min(done / self.total, 0.99)  # the total may be an estimate
        return f"{share:.0%}, about {duration(seconds * (1 - share) / share)} left"


def duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{round(whole / 60)} min"
