"""`manage.py send_update`: emails supporters from the key holder's computer, without a mailing company."""

import getpass
import os
import time
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from pledges.inputs import email_address
from pledges.offline import keys, opening
from pledges.offline.mail_server import MailServer, Refused, Unusable
from pledges.offline.progress import Progress, duration
from pledges.offline.send_log import BEGUN, REFUSED, SENT, OtherUpdate, SendLog
from pledges.offline.update import NotAnUpdate, Update

# So many refusals in a row are not about single mailboxes: usually the server's limit of the day is reached.
REFUSALS_IN_A_ROW = 10
EXAMPLE_LINK = "https://pledge.example.org/pledge/unsubscribe/not-a-real-link/"


class Command(BaseCommand):
    help = (
        "Sends a Markdown file as an email to every contact of an export, away from the server. Do it in this order: "
        "preview, test, send. A send that was stopped goes on where it stopped when it is run again."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        preview = acts.add_parser("preview", help="writes preview.html and preview.txt; sends nothing")
        test = acts.add_parser("test", help="sends the email to one address of your own")
        send = acts.add_parser("send", help="sends the email to every contact of an export")
        for act in (preview, test, send):
            act.add_argument("text", type=Path, metavar="TEXT.md", help="begins with “Subject: …”, then Markdown")
        preview.add_argument("--into", type=Path, default=Path(), metavar="FOLDER")
        for act in (test, send):
            act.add_argument("--smtp", required=True, metavar="URL", help="like smtp+tls://user@mail.example.org:587")
            act.add_argument("--from", dest="sender", type=_mailbox, required=True, metavar="'NAME <ADDRESS>'")
        test.add_argument("--to", type=_mailbox, required=True, metavar="ADDRESS")
        send.add_argument("export", type=Path, metavar="EXPORT", help="contacts-email.jsonl")
        send.add_argument("--identity", type=Path, action="append", required=True, help="a holder's private key")
        send.add_argument("--log", type=Path, required=True, metavar="FILE", help="new for each update")
        send.add_argument("--per-minute", type=_rate, default=60, help="how many emails go out (60)")
        send.add_argument("--yes", action="store_true", help="send without asking first")

    def handle(self, *args, act: str, text: Path, **options) -> None:
        try:
            update = Update.read(text)
            getattr(self, f"_{act}")(update, **options)  # one of those in add_arguments
        except (NotAnUpdate, keys.NotAnIdentity, opening.NotAnExport, Unusable) as error:
            raise CommandError(str(error)) from None
        except OtherUpdate:
            raise CommandError("This log is of another text: name a new one, or send the text as it was.") from None
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again with the same log to go on.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{getattr(error, 'filename', None) or text}: {error}") from None

    def _preview(self, update: Update, into: Path, **options) -> None:
        into.mkdir(parents=True, exist_ok=True)
        (into / "preview.html").write_text(update.as_html(EXAMPLE_LINK), "utf-8")
        (into / "preview.txt").write_text(update.as_text(EXAMPLE_LINK), "utf-8")
        self.stdout.write(f"Subject: {update.subject}\nLook at {into / 'preview.html'} and {into / 'preview.txt'}.")

    def _test(self, update: Update, smtp: str, sender: str, to: str, **options) -> None:
        MailServer(smtp, "")  # refuses a wrong address before the password is asked for
        server = MailServer(smtp, _password())
        try:
            server.send(update.message(sender, to, EXAMPLE_LINK))
        except Refused as error:
            raise CommandError(f"The mail server refuses {to} ({error}).") from None
        finally:
            server.close()
        self.stdout.write(f"One email is on its way to {to}. Its link to unsubscribe is an example.")

    def _send(self, update: Update, export: Path, identity: list[Path], log: Path, per_minute: int, **options) -> None:
        private_keys = [key for path in identity for key in keys.read(path)]
        tokens = self._checked(export, private_keys)
        server = MailServer(options["smtp"], "")
        sent = SendLog(log, f"{update.subject}\n{update.text}")
        try:
            if left := self._say_what_is_left(sent, tokens):
                self._ask(update, left, per_minute, options["yes"])
                server = MailServer(options["smtp"], _password())
                messages = self._messages(update, _records(export, private_keys), sent, options["sender"])
                self._send_all(messages, server, sent, Progress("sending", len(tokens)), per_minute)
        finally:
            server.close()
            sent.close()
        unknown = sent.count(BEGUN)
        self.stdout.write(
            f"Done: {sent.count(SENT):,} sent, {sent.count(REFUSED):,} refused by their server"
            f"{f', {unknown:,} of which it is not known' if unknown else ''}."
        )

    def _ask(self, update: Update, left: int, per_minute: int, is_sure: bool) -> None:
        """Says how long sending takes, and asks to type "yes"; raises CommandError at any other answer."""
        how_long = duration(60 * left / per_minute)
        asked = f"Send “{update.subject}”, {per_minute} a minute (about {how_long})? Type yes: "
        if not is_sure and _typed(asked) != "yes":
            raise CommandError("Nothing was sent.")

    def _checked(self, export: Path, private_keys: list[str]) -> list[str]:
        """Opens the whole export before anything is sent; returns the tokens of its contacts.

        Raises CommandError if it is incomplete or a contact has no link to unsubscribe.
        """
        with export.open("rb") as lines, opening.Export(lines, private_keys) as read:
            if read.head["channel"] != "email":
                raise CommandError("This is an export of postal addresses.")
            tokens = []
            for _number, kind, record in read:
                if kind == "sealed" and not opening.unsubscribe_link(record, read.head):
                    raise CommandError("A contact has no link to unsubscribe: make a new export.")
                if kind == "sealed":
                    tokens.append(record["unsubscribe"])
        if problem := read.opened.problem():
            raise CommandError(f"{problem} Nothing was sent.")
        if not read.opened.contacts:
            raise CommandError("This export has no contacts. Nothing was sent.")
        return tokens

    def _say_what_is_left(self, sent: SendLog, tokens: list[str]) -> int:
        """Says how many contacts the export has, and how many of them are done; returns how many are left."""
        left = sum(not sent.state(token) for token in tokens)
        done = f" Done in an earlier run: {len(tokens) - left:,}." if left < len(tokens) else ""
        self.stdout.write(f"Contacts: {len(tokens):,}.{done}{'' if left else ' Nothing is left to send.'}")
        if doubtful := sent.count(BEGUN):
            self.stdout.write(
                f"{doubtful:,} of them may have got it or not: the program was stopped just then. They are left out."
            )
        return left

    def _messages(
        self, update: Update, records: Iterator[tuple[dict[str, str], str]], sent: SendLog, sender: str
    ) -> Iterator[tuple[str, EmailMessage]]:
        """Yields the token and the email of each contact to which sending has not begun."""
        for record, link in records:
            if not sent.state(record["unsubscribe"]):
                yield record["unsubscribe"], update.message(sender, record["email"], link)

    def _send_all(
        self,
        messages: Iterator[tuple[str, EmailMessage]],
        server: MailServer,
        sent: SendLog,
        progress: Progress,
        per_minute: int,
    ) -> None:
        refused: list[str] = []  # the tokens of those that were refused one after another
        for token, message in messages:
            started = time.monotonic()
            sent.note(token, BEGUN)
            try:
                server.send(message)
                sent.note(token, SENT)
                refused.clear()
            except Refused as error:
                sent.note(token, REFUSED)
                refused.append(token)
                self._stop_if_all_are_refused(refused, sent, error)
            except Unusable:
                sent.note(token, "")  # the server did not take it, so it is sent in the next run
                raise
            progress.to(sent.done())
            time.sleep(max(0.0, 60 / per_minute - (time.monotonic() - started)))
        progress.end()

    def _stop_if_all_are_refused(self, refused: list[str], sent: SendLog, error: Refused) -> None:
        """Raises Unusable after REFUSALS_IN_A_ROW, and notes that these contacts are to be tried in the next run."""
        if len(refused) < REFUSALS_IN_A_ROW:
            return
        for token in refused:
            sent.note(token, "")
        raise Unusable(
            f"The mail server has refused {len(refused)} in a row, the last one with: {error}. It may be a limit of "
            "the day: ask its operator. Run this again with the same log: those are tried again."
        )


def _records(export: Path, private_keys: list[str]) -> Iterator[tuple[dict[str, str], str]]:
    """Yields each contact of the export, and its link to unsubscribe."""
    with export.open("rb") as lines, opening.Export(lines, private_keys) as read:
        for _number, kind, record in read:
            if kind == "sealed":
                yield record, opening.unsubscribe_link(record, read.head)


def _mailbox(text: str) -> str:
    """For argparse: `text` as it is, if it is an address or `Name <address>`."""
    try:
        email_address.mailbox(parseaddr(text)[1])
    except ValidationError:
        raise ArgumentTypeError(f"“{text}” is no address like name@example.org or “Name <name@example.org>”") from None
    return text


def _rate(text: str) -> int:
    """For argparse: a number from 1 on."""
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError(f"“{text}” is no number from 1 on")
    return int(text)


def _typed(asked: str) -> str:
    try:
        return input(asked).strip()
    except EOFError:
        raise CommandError("There is no terminal to ask in: look at it first, then add --yes.") from None


def _password() -> str:
    """The mail server's password, from SMTP_PASSWORD or typed; not from the command line, which the shell records."""
    try:
        return os.environ.get("SMTP_PASSWORD") or getpass.getpass("Password of the mail server: ")
    except EOFError:
        raise CommandError("There is no terminal to ask for the password in: set SMTP_PASSWORD.") from None
