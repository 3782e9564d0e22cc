"""`env` reads every setting: from the environment, or else from the file that SITE_SETTINGS names.

Only this module reads that file. systemd, shells and Docker do not, because each treats `$`, `&`, `#` and quotes in its
own way.
"""

import io
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured


class _Env(environ.FileAwareEnv):
    """A setting X may also be in a file that X_FILE names, like the secrets of Docker and systemd."""

    def get_value(self, var: str, *args: Any, **options: Any) -> Any:
        """Raises ImproperlyConfigured with the setting's name if its value is not of the wanted type."""
        try:
            return super().get_value(var, *args, **options)
        except ValueError:
            raise ImproperlyConfigured(f"{var} is not a number.") from None


env = _Env()
# The names that `read` has put into the environment.
names_read: set[str] = set()
LINE = re.compile(r"\s*|#.*|(?P<name>[A-Z][A-Z0-9_]*)=.*")


def read(path: str) -> None:
    """Puts the lines `NAME=value` of the file into the environment, if the name has no value there yet.

    The value is everything after the `=`; only a pair of quotes around it is removed.
    """
    try:
        text = Path(path).read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"SITE_SETTINGS={path} cannot be read: {type(error).__name__}.") from None
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        matched = LINE.fullmatch(line)
        if not matched:
            raise ImproperlyConfigured(f"{path}, line {number}: neither NAME=value nor a comment.")
        if matched["name"] in seen:
            raise ImproperlyConfigured(f"{path}, line {number}: {matched['name']} is there twice.")
        seen.update(filter(None, [matched["name"]]))
    names_read.update(seen - os.environ.keys())
    env.read_env(io.StringIO(text))


def url(name: str, password_name: str, **options: Any) -> str:
    """Returns the setting `name`, a URL. Raises ImproperlyConfigured if a password in it would be misread.

    In a URL `#`, `/` and `?` end the password and `+` is a space; the setting `password_name` takes any character.
    """
    value = env.str(name, **options)
    parts = urlsplit(value)
    rest = value.partition("://")[2].removeprefix(parts.netloc)
    misread = parts.fragment or "+" in (parts.password or "") or ("@" in rest and "@" not in parts.netloc)
    if misread:
        raise ImproperlyConfigured(
            f"{name}: the password in it has one of # / ? +. Take it out of there; {password_name} takes it as it is."
        )
    return value


def password(name: str) -> str:
    """Returns the setting `name` unchanged: django-environ would take a `$` at its beginning for a reference."""
    return env.ENVIRON.get(name, "").rstrip("\r\n")


if os.environ.get("SITE_SETTINGS"):
    read(os.environ["SITE_SETTINGS"])
