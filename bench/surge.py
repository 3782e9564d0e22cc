"""Measures a launch: 64 connections through nginx, of which four of five requests read and one signs, with faults.

The worker runs, its mail server is away, and halfway one of the two web processes is killed. For every answer 303 there
must be a row. Afterwards the memory of the web processes is read.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from django.conf import settings

from bench import profiling
from bench.load import HOST, WRK
from bench.reading import PAGES, fill
from bench.shipped import IS_HERE, Shipped, environment, shipped
from bench.tables import Goal, Table
from pledges.models import PendingSignature
from tests.chaos.serving import production

SECONDS, QUICK_SECONDS = 30, 8
CONNECTIONS = 64
RATE, MEMORY = 330, 110  # signatures a second; MiB
TITLE = f"A surge through nginx: {CONNECTIONS} connections, 80 % reading, 20 % signing"
# Lua for wrk. Every request comes from another client; the answers 303 are counted.
SCRIPT = """
local pages, n, run = {%s}, 0, "%s"
local threads = {}
signed, refused, broken = 0, 0, 0
setup = function(thread) table.insert(threads, thread) end
request = function()
  n = n + 1
  local headers = {}
  for name, value in pairs(wrk.headers) do headers[name] = value end
  headers["X-Forwarded-For"] = string.format("10.%%d.%%d.%%d", n / 65536 %% 256, n / 256 %% 256, n %% 256)
  if n %% 5 > 0 then return wrk.format("GET", pages[n %% #pages + 1], headers) end
  headers["Content-Type"] = "application/x-www-form-urlencoded"
  return wrk.format("POST", "/pledge/", headers,
    "email=surge" .. run .. "." .. n .. "@example.org&by_email=no&pledge_text=1&postcode=SW1P+2HR")
end
response = function(status)
  if status == 303 then signed = signed + 1
  elseif status >= 500 then broken = broken + 1
  elseif status >= 400 then refused = refused + 1 end
end
done = function()
  local sum = {0, 0, 0}
  for _, thread in ipairs(threads) do
    for i, name in ipairs({"signed", "refused", "broken"}) do sum[i] = sum[i] + thread:get(name) end
  end
  io.write(string.format("signed %%d refused %%d broken %%d\\n", sum[1], sum[2], sum[3]))
end
"""


def measure(quick: bool) -> Table:
    if not (WRK and IS_HERE):
        said = "Not measured: install Debian's nginx, openssl and wrk."
        return Table(TITLE, ["work"], [], said, [Goal("surge", "", said, None)])
    fill()
    seconds = QUICK_SECONDS if quick else SECONDS
    with tempfile.TemporaryDirectory() as folder, shipped(Path(folder), PAGES, many_clients=True) as parts:
        return _surge(parts, seconds)


def _surge(parts: Shipped, seconds: int) -> Table:
    _load(parts, 2, "warm")
    before = PendingSignature.objects.count()
    worker = _worker(parts)
    held: list[int] = []
    killing = threading.Timer(seconds / 2, lambda: held.append(_kill(parts.app_process.workers[0])))
    killing.start()
    with profiling.cpu_by_program() as cpu:
        signed, refused, broken, lost_connections = _load(parts, seconds, "surge")
    killing.join()
    time.sleep(2)  # until the last requests are answered
    worker.terminate()
    worker.wait()
    rows = PendingSignature.objects.count() - before
    lost, rate = max(0, signed - rows), signed / seconds
    memory = max(map(_pss, parts.app_process.workers))
    errors = refused + broken + lost_connections
    others = max(0, errors - held[0], _answered_5xx(parts.folder / "app.log"))
    goals = [
        Goal("surge: signatures accepted", f"≥ {RATE} a second", f"{rate:,.0f}", rate >= RATE),
        Goal("surge: signatures answered and not stored", "0", str(lost), not lost),
        Goal("surge: errors, but of the killed worker", "0", str(others), not others),
        Goal("memory of a web worker", f"≤ {MEMORY} MiB", f"{memory:.0f}", memory <= MEMORY),
    ]
    programs = "" if all(goal.is_met for goal in goals) else f"\n{profiling.shares('a signature', cpu, signed)}"
    return Table(
        TITLE,
        ["signed", "rows", "refused (4xx)", "failed (5xx)", "connections lost", "MiB of a web worker"],
        [[*(f"{n:,}" for n in (signed, rows, refused, broken, lost_connections)), f"{memory:.0f}"]],
        f"{rate:,.0f} signatures a second in {seconds} s, the mail server away, one web worker killed halfway "
        f"(it held {held[0]} connections).{programs}",
        goals,
    )


def _kill(pid: int) -> int:
    """Kills a web worker; returns how many connections it held, each of which may have been waiting for its answer."""
    held = [os.readlink(one) for one in Path(f"/proc/{pid}/fd").iterdir()]
    inodes = {found[1] for one in held if (found := re.match(r"socket:\[(\d+)\]", one))}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    os.kill(pid, signal.SIGKILL)
    established = "01"
    return sum(row[3] == established and row[9] in inodes for row in rows)


def _answered_5xx(log: Path) -> int:
    """Returns how many answers of the site itself were errors; those of nginx are not in its log."""
    return len(re.findall(r" 5\d\d$", log.read_text(), re.MULTILINE))


def _load(parts: Shipped, seconds: int, run: str) -> tuple[int, int, int, int]:
    """Returns the number of answers 303, 4xx and 5xx, and of connections that failed."""
    script = parts.folder / "surge.lua"
    script.write_text(SCRIPT % (",".join(f'"{path}"' for path in PAGES.values()), run))
    command = [WRK or "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "10s", "-H", f"Host: {HOST}"]
    text = subprocess.run([*command, "-s", str(script), parts.site], check=True, capture_output=True, text=True).stdout
    [counts] = re.findall(r"signed (\d+) refused (\d+) broken (\d+)", text)
    sockets = re.findall(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    return (*map(int, counts), sum(int(n) for line in sockets for n in line))  # type: ignore[return-value]


def _worker(parts: Shipped) -> subprocess.Popen[bytes]:
    """Starts the worker, with a mail server that is away."""
    variables = {**environment(parts.folder), "EMAIL_URL": "smtp://127.0.0.1:9"}
    with (parts.folder / "worker.log").open("wb") as log:
        command = [sys.executable, "manage.py", "worker"]
        return subprocess.Popen(command, env=production(**variables), cwd=settings.BASE_DIR, stdout=log, stderr=log)


def _pss(pid: int) -> float:
    """Returns the memory of a process in MiB; memory shared with others is counted in equal parts."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1]) / 1024  # type: ignore[index]
