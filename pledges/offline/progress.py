"""Shows the progress of a long command: on a terminal in one changing line, elsewhere a line from time to time."""

import sys
import threading
import time
from typing import Self, TextIO

FIRST, ON_A_TERMINAL, ELSEWHERE = 2.0, 0.2, 30.0  # seconds until the first output, and between two outputs


class Progress:
    """Call `to` now and then, and `end` afterwards. In a `with` statement it also goes on by itself in between, so that
    one step that takes long (a statement of the database) does not look as if it hung.
    """

    def __init__(self, what: str, total: float = 0, out: TextIO | None = None) -> None:
        """`total` is the expected last value of `to`; 0 if it is not known."""
        self.what, self.total, self.done, self.out = what, total, 0.0, out or sys.stderr
        self.is_terminal = self.out.isatty()
        self.began = time.monotonic()
        self.next = self.began + FIRST
        self.said = False
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.thread = threading.Thread(target=self._go_on, daemon=True, name="progress")

    def __enter__(self) -> Self:
        self.to(self.done)
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.ended.set()
        self.thread.join()
        self.end()

    def to(self, done: float) -> None:
        """Reports how much of the total is done."""
        with self.lock:
            self.done, now = done, time.monotonic()
            if now < self.next:
                return
            self.next = now + (ON_A_TERMINAL if self.is_terminal else ELSEWHERE)
            line = f"  {self.what}: {self._how_far(now - self.began)}"
            self.out.write(f"\r{line:<78}" if self.is_terminal else f"{line}\n")
            self.out.flush()
            self.said = True

    def end(self) -> None:
        """Clears the changing line."""
        if self.said and self.is_terminal:
            self.out.write(f"\r{'':<78}\r")
            self.out.flush()

    def _go_on(self) -> None:
        while not self.ended.wait(0.5):
            self.to(self.done)

    def _how_far(self, seconds: float) -> str:
        if not self.total or not self.done:
            return f"{duration(seconds)} so far"
        if self.done >= self.total:  # the total may be an estimate, or something follows that is not counted
            return f"nearly done, {duration(seconds)} so far"
        share = self.done / self.total
        return f"{share:.0%}, about {duration(seconds * (1 - share) / share)} left"


def duration(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole} s" if whole < 120 else f"{round(whole / 60)} min"
