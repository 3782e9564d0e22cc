"""The scripts in `.ci/` on a machine where something is missing, run with fake programs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

OLD = "case $1 in --version) echo Python 3.9.2;; *) exit 1;; esac"
NEW_WITHOUT_VENV = "case $2 in *version_info*print*|*print*) echo python3.12-venv;; *ensurepip*) exit 1;; esac"
RECORDED = 'echo "$0 $*" >>"$(dirname "$0")/../ran"'


class Machine:
    """A PATH with only a few real tools and what a test adds."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.programs = folder, folder / "bin"
        self.programs.mkdir()
        shutil.copytree(settings.BASE_DIR / ".ci", folder / ".ci")
        for name in ("sh", "dirname", "cat", "mktemp", "rm"):
            (self.programs / name).symlink_to(shutil.which(name))

    def has(self, name: str, script: str) -> None:
        (self.programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.programs / name).chmod(0o755)

    def run(self, script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [self.folder / ".ci" / script, *arguments],
            env={"PATH": str(self.programs), "SBIN": str(self.programs), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def ran(self) -> str:
        record = self.folder / "ran"
        return record.read_text() if record.exists() else ""


@pytest.fixture
def machine(tmp_path):
    machine = Machine(tmp_path)
    machine.has("id", "echo 1000")
    return machine


def test_a_python_that_is_too_old_is_reported_in_one_line(machine):
    machine.has("python3", OLD)
    done = machine.run("environment", "requirements.txt")
    assert done.returncode == 1
    assert done.stderr == "Python 3.11 or newer is needed; here is Python 3.9.2.\n"


def test_a_newer_python_beside_an_old_one_is_found(machine):
    machine.has("python3", OLD)
    machine.has("python3.12", NEW_WITHOUT_VENV)
    assert "python3.12-venv" in machine.run("environment", "requirements.txt").stderr


def test_a_missing_venv_module_is_reported_in_one_line(machine):
    machine.has("python3", NEW_WITHOUT_VENV)
    done = machine.run("environment", "requirements.txt")
    assert done.returncode == 1
    assert done.stderr == "Python's venv module is missing: install it (on Debian: apt install python3.12-venv).\n"


def test_root_gets_the_missing_venv_installed(machine):
    machine.has("python3", NEW_WITHOUT_VENV)
    machine.has("id", "echo 0")
    machine.has("apt-get", RECORDED)
    machine.run("environment", "requirements.txt")
    assert "install --yes --no-install-recommends python3.12-venv" in machine.ran()


def test_missing_programs_are_named_in_one_line(machine):
    done = machine.run("programs")
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert done.stdout.endswith("apt install chromium nginx openssl\n")


def test_root_gets_the_missing_programs_installed(machine):
    machine.has("id", "echo 0")
    machine.has("apt-get", RECORDED)
    machine.has("openssl", "exit 0")
    assert machine.run("programs").returncode == 0
    assert machine.ran().endswith("install --yes --no-install-recommends chromium nginx\n")


def test_nothing_is_said_or_installed_where_no_program_is_missing(machine):
    machine.has("id", "echo 0")
    machine.has("apt-get", RECORDED)
    for name in ("google-chrome", "nginx", "openssl"):
        machine.has(name, "exit 0")
    done = machine.run("programs")
    assert (done.returncode, done.stdout, machine.ran()) == (0, "", "")


@pytest.mark.parametrize("absent", ["chromium", "nginx", "openssl"])
def test_a_missing_program_fails_in_ci(machine, absent):
    for name in {"chromium", "nginx", "openssl"} - {absent}:
        machine.has(name, "exit 0")
    done = machine.run("programs", CI="true")
    assert done.returncode == 1
    assert f"apt install {absent}" in done.stderr


def test_a_service_that_apt_installs_is_not_started(machine):
    machine.has("apt-get", 'echo "$SYSTEMD_OFFLINE $RUNLEVEL" >"$(dirname "$0")/../ran"')
    machine.run("apt", "nginx")
    assert machine.ran() == "1 1\n"


def test_what_apt_says_of_a_failure_is_shown(machine):
    machine.has("apt-get", "echo no network; exit 100")
    done = machine.run("apt", "chromium")
    assert done.returncode == 1
    assert "no network" in done.stderr


def suite(machine: Machine, test: str, **environment: str) -> str:
    """The output of pytest for a test on a machine that has no programs."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-n0", "-rsEF", "-p", "no:cacheprovider", test],
        env={**os.environ, "PATH": str(machine.programs), "SBIN": str(machine.programs), **environment},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    ).stdout


NEEDY = [
    ("tests/chaos/test_nginx.py::test_another_host_is_refused", "nginx"),
    ("tests/browser/test_signing.py", "chromium"),
]


@pytest.mark.parametrize(("test", "package"), NEEDY)
def test_tests_without_their_program_are_skipped_by_name(machine, test, package):
    said = suite(machine, test, CI="")
    assert f"missing here: Debian's {package}" in said
    assert not {"passed", "failed", "error"} & set(said.split())


@pytest.mark.parametrize(("test", "package"), NEEDY[:1])
def test_tests_without_their_program_fail_in_ci(machine, test, package):
    said = suite(machine, test, CI="true")
    assert f"CI=true and no {package} found" in said
