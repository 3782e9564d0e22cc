"""Runs programs in parallel. When one ends, or `stop` is called, all are stopped, the last started first."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Any

PATIENCE = 30  # seconds between SIGTERM and SIGKILL


class Supervisor:
    def __init__(self, say: Callable[[str], Any]) -> None:
        """`say` gets each line that a program writes, after the program's name."""
        self._say = say
        self._programs: list[subprocess.Popen] = []
        self._ends: SimpleQueue[str] = SimpleQueue()

    def start(self, name: str, command: Sequence[str], **options: Any) -> None:
        """Starts a program; `options` are those of `subprocess.Popen`."""
        program = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # Ctrl-C is for the supervisor, which stops them in order
            **options,
        )
        self._programs.append(program)
        threading.Thread(target=self._follow, args=(name, program), daemon=True).start()

    def wait(self) -> str:
        """Waits until a program ends by itself; returns which one and how."""
        return self._ends.get()

    def stop(self) -> None:
        for program in reversed(self._programs):
            program.terminate()
            try:
                program.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()

    def _follow(self, name: str, program: subprocess.Popen) -> None:
        for line in program.stdout or ():
            self._say(f"{name} | {line.rstrip()}")
        code = program.wait()
        how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
        self._ends.put(f"{name} ended ({how})")
