"""Searches everything that is published of the report with PostgreSQL's full text search.

A few dozen short texts are read for each search, so there is no index that could be out of date. The cost is limited: a
query has at most 200 characters and eight variants, and each kind of text gives at most 50 hits.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import islice
from operator import or_

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank, SearchVector
from django.db.models import F, Func, QuerySet, Value
from django.db.models.functions import NullIf
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from reports.glossary import forms
from reports.models import Arrangement, Body, GlossaryTerm, Recommendation, Report, Sector, Update

CONFIG = "english"
MOST = 50
MOST_VARIANTS = 8
LONGEST_EXTRACT = 260  # characters
# Characters that no text contains, put around the words that were found; they become <mark> after the text is escaped.
OPEN, CLOSE = "\ue000", "\ue001"
# Markdown markup that extracts leave out: addresses of links, stars and backticks.
MARKDOWN = r"\[([^][]*)\]\([^)]*\)|[*`]"
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[“\"A-Z\ue000])|\n+")


@dataclass(frozen=True)
class Found:
    """One hit: `extract` is HTML with the words that were found in <mark>."""

    kind: str
    title: str
    address: str
    extract: SafeString
    rank: float


@dataclass(frozen=True)
class Texts:
    """Published rows of one model, with the fields that are searched: names count more than texts."""

    rows: QuerySet
    names: list[str]
    texts: list[str]


def search(words: str, sector: Sector | None = None, body: Body | None = None) -> list[Found]:
    """Returns the hits for the words or their synonyms of the glossary, best first, at most 50.

    With a sector or a body, only what belongs to it.
    """
    query = query_for(words, GlossaryTerm.objects.published())
    found = [hit for texts in searched(sector, body) for hit in hits(query, texts)]
    return sorted(found, key=lambda hit: -hit.rank)[:MOST]


def query_for(words: str, terms: Iterable[GlossaryTerm]) -> SearchQuery:
    """Returns the query with all variants: `NRPF meals` also finds `"no recourse to public funds" meals`."""
    queries = (SearchQuery(one, config=CONFIG, search_type="websearch") for one in variants(words, terms))
    return reduce(or_, queries)


def variants(words: str, terms: Iterable[GlossaryTerm]) -> list[str]:
    """Returns the words, and up to seven variants with synonyms. No more variants are made than are used."""
    ways = [words]
    for term in terms:
        others = (one for known in tuple(ways) for one in reworded(known, forms(term)))
        ways += islice(others, MOST_VARIANTS - len(ways))
    return ways


def reworded(words: str, same: list[str]) -> Iterator[str]:
    """Yields the words with the form of a term that they contain replaced by each of its other forms."""
    for form in same:
        spot = re.compile(rf'(?<![\w-])"?{re.escape(form)}"?(?!\w)', re.IGNORECASE)
        if spot.search(words):
            yield from (spot.sub(f'"{other}"', words, count=1) for other in same if other != form)
            return


def searched(sector: Sector | None = None, body: Body | None = None) -> Iterator[Texts]:
    """Yields what is published, one model at a time; only what belongs to the sector and the body, if any."""
    recommendations = Recommendation.objects.published().select_related("sector")
    updates = Update.objects.published().not_corrected().with_recommendation()
    if sector:
        recommendations = recommendations.filter(sector=sector)
    if body:
        recommendations = recommendations.of(body)
    if sector or body:
        updates = updates.filter(recommendation__in=recommendations)
    yield Texts(recommendations, ["title"], ["text", "why", "quotation"])
    yield Texts(updates, ["reported_by"], ["what", "source_name"])
    if not sector:
        arrangements = Arrangement.objects.published()
        arrangements = arrangements.filter(shared_by__in=body.with_predecessors()).distinct() if body else arrangements
        yield Texts(arrangements, ["label"], ["shared", "came_to_light", "state", "note"])
    if not body:
        sectors = Sector.objects.published()
        yield Texts(sectors.filter(pk=sector.pk) if sector else sectors, ["name"], ["lead", "text"])
    if not (sector or body):
        yield Texts(Report.objects.published(), ["title"], ["lead", "text"])
        yield Texts(GlossaryTerm.objects.published(), ["name", "short"], ["meaning"])


def hits(query: SearchQuery, texts: Texts) -> Iterator[Found]:
    """Yields the best matches among the rows; the extract is a sentence of their texts."""
    text = Func(Value("\n"), *(NullIf(one, Value("")) for one in texts.texts), function="concat_ws")
    plain = Func(text, Value(MARKDOWN), Value(r"\1"), Value("g"), function="regexp_replace")
    vector = SearchVector(*texts.names, weight="A", config=CONFIG) + SearchVector(
        *texts.texts, weight="B", config=CONFIG
    )
    headline = SearchHeadline(plain, query, config=CONFIG, start_sel=OPEN, stop_sel=CLOSE, highlight_all=True)
    ranked = texts.rows.annotate(found=vector, rank=SearchRank(F("found"), query), headline=headline)
    for row in ranked.filter(found=query).order_by("-rank")[:MOST]:
        kind = capfirst(row._meta.verbose_name)
        yield Found(kind, capfirst(str(row)), row.get_absolute_url(), marked(extract(row.headline)), row.rank)


def extract(text: str) -> str:
    """Returns the text from the beginning of the first sentence with a marked word, cut between words."""
    sentences = SENTENCE_END.split(text)
    first = next((n for n, sentence in enumerate(sentences) if OPEN in sentence), 0)
    rest = " ".join(sentences[first:])
    # Long enough to show the first marked word, even late in its sentence.
    longest = max(LONGEST_EXTRACT, rest.find(CLOSE) + 1)
    if len(rest) <= longest:
        return rest
    cut = rest[: rest.find(" ", longest)] if " " in rest[longest:] else rest
    return f"{cut}{CLOSE if cut.count(OPEN) > cut.count(CLOSE) else ''} …"


def marked(headline: str) -> SafeString:
    html = escape(headline).replace(OPEN, "<mark>").replace(CLOSE, "</mark>")
    return mark_safe(html)  # noqa: S308 - escaped just now
