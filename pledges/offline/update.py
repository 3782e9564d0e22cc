"""An email to supporters from a Markdown file: subject, text and HTML, and the message for one recipient.

The file begins with a line `Subject: …` and an empty line, followed by the text. All get the same text: nothing that a
supporter typed is in it.
"""

import html
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid, parseaddr
from pathlib import Path
from string import Template

from markdown_it import MarkdownIt

_SUBJECT = "subject:"
_POLICY = policy.SMTP.clone(max_line_length=400)  # some mail programs ignore a link in a folded header
_FOOTER = "You get this because you signed the Care Don't Share pledge and asked to hear from the campaign."
_STOP = "Stop these emails"
_HTML = Template(
    """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>$subject</title>
<style>
  body { margin: 0; padding: 24px 16px; background: #f4f1ea; color: #1a1512;
    font: 18px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
  main { max-width: 34em; margin: 0 auto; padding: 28px 24px; background: #fffdf8; border-top: 12px solid #ff7d47; }
  h1, h2, h3 { line-height: 1.15; } a { color: #7a2907; overflow-wrap: anywhere; } img { max-width: 100%; }
  .small { font-size: 16px; color: #4d453c; }
  @media (prefers-color-scheme: dark) {
    body { background: #16120f; color: #f4f1ea; } main { background: #231d19; }
    a { color: #ffb08a; } .small { color: #cfc6b8; }
  }
</style>
</head>
<body>
<main>
$body
<hr>
<p class="small">$footer<br><a href="$link">$stop</a></p>
</main>
</body>
</html>
"""
)


class NotAnUpdate(Exception):
    """The Markdown file has no subject or no text."""


@dataclass(frozen=True)
class Update:
    subject: str
    text: str  # Markdown, which is also the text part of the email

    @classmethod
    def read(cls, path: Path) -> "Update":
        """The update in this file; raises NotAnUpdate with what is missing."""
        first, _, text = path.read_text("utf-8-sig").partition("\n")
        if not first.casefold().startswith(_SUBJECT) or not first[len(_SUBJECT) :].strip():
            raise NotAnUpdate(f"{path} does not begin with a line like “Subject: News of the pledge”")
        if not text.strip():
            raise NotAnUpdate(f"{path} has no text below its subject")
        return cls(first[len(_SUBJECT) :].strip(), text.strip())

    def as_text(self, link: str) -> str:
        return f"{self.text}\n\n-- \n{_FOOTER}\n{_STOP}: {link}\n"

    def as_html(self, link: str) -> str:
        """The HTML part, which loads nothing from elsewhere. HTML in the Markdown is shown as text."""
        body = MarkdownIt("commonmark", {"html": False}).render(self.text)
        values = {"subject": self.subject, "footer": _FOOTER, "stop": _STOP, "link": link}
        return _HTML.substitute({name: html.escape(value) for name, value in values.items()}, body=body)

    def message(self, sender: str, to: str, link: str) -> EmailMessage:
        """The email to one address, with the headers by which mail programs unsubscribe (RFC 8058)."""
        name, address = parseaddr(sender)
        message = EmailMessage(_POLICY)
        message["Subject"], message["From"], message["To"] = self.subject, formataddr((name, address)), to
        message["Date"] = formatdate(localtime=False)
        message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
        message["List-Unsubscribe"] = f"<{link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(self.as_text(link))
        message.add_alternative(self.as_html(link), subtype="html")
        return message
