"""Draws share images (Open Graph): text in the colours of the campaign, 1200 by 630 pixels."""

import io
import re
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from functools import cache
from hashlib import sha256

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630
EDGE, JOINT = 60, 6
FOOT = 464  # where the words end and the wordmark begins
COLOURS = 64  # the colours used and the shades between them at the edges of letters; this halves the size of the file
DESIGN = 3  # raise it when the drawing below changes: the names of all images then change
FONT = settings.BASE_DIR / "static" / "fonts" / "RobotoCondensed-ExtraBold.woff2"
TOKENS = settings.BASE_DIR / "static" / "css" / "tokens.css"
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Card:
    """The content of an image. Without `kicker` and `number`, its words are drawn on bricks."""

    words: str
    kicker: str = ""
    number: str = ""
    tone: str = "brick"

    @property
    def digest(self) -> str:
        """Returns a digest that changes with everything that changes the image."""
        return sha256(repr((DESIGN, astuple(self))).encode()).hexdigest()[:16]


def png(card: Card) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), colour("page"))
    pen = ImageDraw.Draw(image)
    if card.kicker:
        draw_words(pen, card, draw_head(pen, card))
    else:
        draw_bricks(pen, card)
    draw_wordmark(pen)
    draw_brick_rows(pen)
    out = io.BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def draw_head(pen: ImageDraw.ImageDraw, card: Card) -> int:
    """Draws the number in its tile and the kicker beside it; returns their lower edge."""
    left = EDGE
    if card.number:
        tile = (EDGE, EDGE, EDGE + 92, EDGE + 92)
        pen.rounded_rectangle(tile, 4, fill=colour(card.tone))
        pen.text(centre(tile), card.number, colour(f"on-{card.tone}"), font(76), anchor="mm")
        left += 92 + 26
    pen.text((left, EDGE + 46), card.kicker, colour("on-page"), font(36), anchor="lm")
    return EDGE + 92 + 34


def draw_words(pen: ImageDraw.ImageDraw, card: Card, top: int) -> None:
    """Draws the words as large as they fit between the head and the wordmark."""
    size, lines = fitted(card.words, 120, 1.16, FOOT - top)
    for n, line in enumerate(lines):
        pen.text((EDGE, top + n * size * 1.16), line, colour("on-page"), font(size))


def draw_bricks(pen: ImageDraw.ImageDraw, card: Card) -> None:
    """Draws each word on a brick, in rows of full width, like the heading of the home page."""
    size, lines = fitted(card.words, 150, 1.24, FOOT - EDGE)
    for n, line in enumerate(lines):
        words, top = line.split(), EDGE + n * (size * 1.18 + JOINT)
        lengths = [font(size).getlength(word) for word in words]
        spare = (WIDTH - 2 * EDGE - JOINT * (len(words) - 1) - sum(lengths)) / max(len(words), 1)
        left: float = EDGE
        for m, (word, length) in enumerate(zip(words, lengths, strict=True)):
            box = (left, top, left + length + spare, top + size * 1.18)
            pen.rounded_rectangle(box, 4, fill=colour("brick-2" if (n + m) % 2 else "brick"))
            pen.text(centre(box), word, colour("on-brick"), font(size), anchor="mm")
            left = box[2] + JOINT


def fitted(words: str, largest: int, leading: float, height: float) -> tuple[int, list[str]]:
    """Returns the largest size at which the lines fit the height, and the lines."""
    for size in range(largest, 18, -2):
        lines = list(wrapped(words, size, WIDTH - 2 * EDGE))
        if len(lines) * size * leading <= height:
            break
    return size, lines


def draw_wordmark(pen: ImageDraw.ImageDraw) -> None:
    care, dont, share = ((EDGE, 488, EDGE + 84, 530), (EDGE + 90, 488, EDGE + 180, 530), (EDGE, 536, EDGE + 180, 578))
    for box, word, surface, ink in [
        (care, "Care", "on-page", "page"),
        (dont, "Don't", "on-page", "page"),
        (share, "Share", "brick", "on-brick"),
    ]:
        pen.rounded_rectangle(box, 3, fill=colour(surface))
        pen.text(centre(box), word, colour(ink), font(32), anchor="mm")


def draw_brick_rows(pen: ImageDraw.ImageDraw) -> None:
    for y, start in [(598, 0), (616, -66)]:
        for x in range(start, WIDTH, 132):
            pen.rectangle((x, y, x + 132 - JOINT, y + 12), fill=colour("brick"))


def wrapped(words: str, size: int, width: float) -> Iterator[str]:
    line = ""
    for word in words.split():
        longer = f"{line} {word}".strip()
        if line and font(size).getlength(longer) > width:
            yield line
            longer = word
        line = longer
    yield line


def centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


@cache
def colours() -> dict[str, str]:
    """Returns the colours of the light theme by their names in the style sheet, where each is defined first."""
    said: dict[str, str] = {}
    for name, value in re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6}|var\(--[\w-]+\));", TOKENS.read_text()):
        said.setdefault(name, value)
    return said


def colour(name: str) -> str:
    value = colours()[name]
    return value if value.startswith("#") else colour(value[6:-1])
