"""The texts of a page in its own language, and the attributes that are shown or read aloud."""

from html.parser import HTMLParser

SHOWN = {"aria-label", "title", "alt", "placeholder", "data-one", "data-two", "data-th"}
VOID = {"meta", "link", "input", "br", "img", "hr", "wbr"}
UNREAD = {"script", "style", "code"}


class Said(HTMLParser):
    """Collects the texts of a page in `texts`, without those marked as English in a page of another language.

    In an English page both marks are left out: `en` and `en-gb`.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.open: list[tuple[str, bool]] = []  # each open element, and whether it is left out with all in it
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        is_out = self._is_out or tag in UNREAD or (tag != "html" and found.get("lang", "").startswith("en"))
        if tag not in VOID:
            self.open.append((tag, is_out))
        if is_out:
            return
        self.texts += [value for name, value in attrs if name in SHOWN and value]
        if found.get("name") == "description" or found.get("property") in ("og:title", "og:description"):
            self.texts.append(found["content"])

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if text := " ".join(data.split()) if not self._is_out else "":
            self.texts.append(text)

    @property
    def _is_out(self) -> bool:
        return bool(self.open) and self.open[-1][1]


def texts(html: str) -> set[str]:
    """Returns the texts of a page; the places where an address may break (<wbr>) do not part it."""
    return set(Said(html.replace("<wbr>", "")).texts)
