"""What deploy/ and the Dockerfile say of the settings is enough for the site to start with."""

import shlex
import subprocess
import sys

import pytest
from django.conf import settings


def assignments(text: str) -> list[str]:
    words = shlex.split(text, comments=True)
    return [word for word in words if word.partition("=")[0].isupper() and "=" in word]


def collecting() -> str:
    """The Dockerfile's instruction that collects the static files."""
    instructions = (settings.BASE_DIR / "Dockerfile").read_text().replace("\\\n", "").splitlines()
    return next(line for line in instructions if "collectstatic" in line)


def example() -> str:
    return (settings.BASE_DIR / "deploy" / "site.env.example").read_text()


@pytest.mark.parametrize("given", [collecting, example])
def test_no_setting_is_forgotten(given):
    environment = dict(assignment.split("=", 1) for assignment in assignments(given()))
    start = [sys.executable, "-c", "import campaign.settings"]
    subprocess.run(start, env=environment, cwd=settings.BASE_DIR, check=True)
