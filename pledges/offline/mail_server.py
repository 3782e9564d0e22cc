"""An SMTP session with the campaign's mail server: encrypted, signed in, and opened again if the server closes it."""

import smtplib
import ssl
import time
from contextlib import suppress
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

PORTS = {"smtp+tls": 587, "smtp+ssl": 465, "smtp": 25}
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
TRIES = 5  # for one email
FIRST_PAUSE = 2.0  # seconds before the second try; each further pause is twice as long
TIMEOUT = 60


class Unusable(Exception):
    """The server can't be used: its address is wrong, it refuses the password, or it does not answer."""


class Refused(Exception):
    """The server refuses this email for good, with these words; emails to others can mostly still be sent."""


class MailServer:
    def __init__(self, url: str, password: str) -> None:
        """`url` is like smtp+tls://user@mail.example.org:587. Without encryption only this computer's own server."""
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or not parts.username:
            raise Unusable("The mail server is written like smtp+tls://user@mail.example.org:587, with its user.")
        if parts.password:
            raise Unusable("Leave the password out of the address: it would stand in this computer's history.")
        if parts.scheme == "smtp" and parts.hostname not in LOOPBACK:
            raise Unusable("smtp:// would send the password in clear: use smtp+tls:// or smtp+ssl://.")
        self._scheme, self._host = parts.scheme, parts.hostname
        self._port = parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username), password
        self._session: smtplib.SMTP | None = None

    def send(self, message: EmailMessage) -> None:
        """Sends one message; raises Refused, or Unusable if the server does not take it after TRIES."""
        for again in range(TRIES):
            try:
                (self._session or self._open()).send_message(message)
                return
            except smtplib.SMTPAuthenticationError as error:
                raise Unusable("The mail server refuses this user or password.") from error
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPResponseException) as error:
                code, words = _reply(error)
                if code >= 500 and isinstance(error, smtplib.SMTPSenderRefused):
                    raise Unusable(f"The mail server refuses the sender: {words}") from error
                if code >= 500:
                    raise Refused(words) from error
                problem = words
            except ssl.SSLCertVerificationError as error:
                reason = f"The certificate of the mail server is not valid for {self._host}: {error.verify_message}."
                raise Unusable(reason) from error
            except (OSError, smtplib.SMTPException) as error:
                problem = " ".join(f"{type(error).__name__}: {error}".split())
            self.close()
            if again + 1 < TRIES:
                time.sleep(FIRST_PAUSE * 2**again)
        raise Unusable(f"The mail server does not take it: {problem}")

    def _open(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._scheme == "smtp+ssl":
            session: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT, context=context)
        else:
            session = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
        if self._scheme == "smtp+tls":
            session.starttls(context=context)
        session.login(self._user, self._password)
        self._session = session
        return session

    def close(self) -> None:
        if self._session:
            with suppress(OSError, smtplib.SMTPException):
                self._session.quit()
        self._session = None


def _reply(error: smtplib.SMTPException) -> tuple[int, str]:
    """The code of the server's reply, and the code with its words, in one line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
    else:
        code, words = error.smtp_code, error.smtp_error  # type: ignore[attr-defined]
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return code, " ".join(f"{code} {text}".split())
