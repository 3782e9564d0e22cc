"""Shows what was changed in a text: words in <del> and <ins>."""

from difflib import SequenceMatcher

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

AROUND = 8  # words that are shown beside a change where the unchanged ones are cut


def difference(old: str, new: str, *, is_cut: bool = False) -> SafeString:
    """Returns HTML of the new text with removed words in <del> and inserted words in <ins>.

    `is_cut`: of long unchanged parts only the words beside a change are shown.
    """
    before, after = old.split(), new.split()
    parts = []
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    for place, (kind, a, b, c, d) in enumerate(steps):
        if kind == "equal":
            same = _cut(before[a:b], place == 0, place == len(steps) - 1) if is_cut else before[a:b]
            parts.append(("span", " ".join(same), "span"))
            continue
        parts += [("del", " ".join(before[a:b]), "del")] if b > a else []
        parts += [("ins", " ".join(after[c:d]), "ins")] if d > c else []
    return format_html_join(" ", "<{}>{}</{}>", parts)


def _cut(words: list[str], is_first: bool, is_last: bool) -> list[str]:
    """The words beside the changes that are around; of the first part of a text only its end, of the last its start."""
    head, tail = 0 if is_first else AROUND, 0 if is_last else AROUND
    if len(words) <= head + tail + 1:
        return words
    return [*words[:head], "…", *words[len(words) - tail :]]
