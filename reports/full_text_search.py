"""Search all that is public of the report: PostgreSQL's full text search, best first.

A few dozen short texts are read anew for each search, so there is no index that could lag behind.
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
from reports.models import Arrangement, GlossaryTerm, Recommendation, Report, Sector, Update

CONFIG = "english"
MOST = 50
MOST_VARIANTS = 8
# Marks of what was found: characters that no text holds, made <mark> once the text around is escaped.
OPEN, CLOSE = "\ue000", "\ue001"
# Marks of Markdown, which no reader of an extract needs: a link's address, stars and backticks.
MARKDOWN = r"\[([^][]*)\]\([^)]*\)|[*`]"


@dataclass(frozen=True)
class Found:
    """One hit: `extract` is HTML with what was found in <mark>."""

    kind: str
    title: str
    address: str
    extract: SafeString
    rank: float


def search(words: str) -> list[Found]:
    """What is public and holds the words, or others that mean the same; best first, at most 50."""
    query = query_for(words, GlossaryTerm.objects.published())
    found = [hit for rows in matching(query) for hit in rows]
    return sorted(found, key=lambda hit: -hit.rank)[:MOST]


def query_for(words: str, terms: Iterable[GlossaryTerm]) -> SearchQuery:
    """`NRPF meals` also seeks `"no recourse to public funds" meals`."""
    queries = (SearchQuery(one, config=CONFIG, search_type="websearch") for one in variants(words, terms))
    return reduce(or_, queries)


def variants(words: str, terms: Iterable[GlossaryTerm]) -> list[str]:
    """The words, and up to seven other ways of saying them; no more are made than are taken."""
    ways = [words]
    for term in terms:
        others = (one for known in tuple(ways) for one in reworded(known, forms(term)))
        ways += islice(others, MOST_VARIANTS - len(ways))
    return ways


def reworded(words: str, same: list[str]) -> Iterator[str]:
    """The words with each way of writing a term in place of the one they hold."""
    for form in same:
        spot = re.compile(rf'(?<![\w-])"?{re.escape(form)}"?(?!\w)', re.IGNORECASE)
        if spot.search(words):
            yield from (spot.sub(f'"{other}"', words, count=1) for other in same if other != form)
            return


def matching(query: SearchQuery) -> Iterator[Iterator[Found]]:
    yield hits(query, Report.objects.published(), ["title"], "lead", "text")
    yield hits(query, Sector.objects.published(), ["name"], "lead", "text")
    arrangements = Arrangement.objects.published()
    yield hits(query, arrangements, ["label"], "shared", "came_to_light", "state", "note")
    recommendations = Recommendation.objects.published().select_related("sector")
    yield hits(query, recommendations, ["title"], "text", "why", "quotation")
    updates = Update.objects.published().standing().with_place()
    yield hits(query, updates, ["reported_by"], "what", "source_name")
    yield hits(query, GlossaryTerm.objects.published(), ["name", "short"], "meaning")


def hits(query: SearchQuery, rows: QuerySet, names: list[str], *texts: str) -> Iterator[Found]:
    """Those of the rows that match; a hit in their names counts most, the extract is from their texts."""
    text = Func(Value(" · "), *(NullIf(one, Value("")) for one in texts), function="concat_ws")
    plain = Func(text, Value(MARKDOWN), Value(r"\1"), Value("g"), function="regexp_replace")
    vector = SearchVector(*names, weight="A", config=CONFIG) + SearchVector(*texts, weight="B", config=CONFIG)
    headline = SearchHeadline(
        plain,
        query,
        config=CONFIG,
        start_sel=OPEN,
        stop_sel=CLOSE,
        max_words=32,
        min_words=16,
        max_fragments=2,
    )
    ranked = rows.annotate(found=vector, rank=SearchRank(F("found"), query), headline=headline)
    for row in ranked.filter(found=query):
        kind = capfirst(row._meta.verbose_name)
        yield Found(kind, capfirst(str(row)), row.get_absolute_url(), marked(row.headline), row.rank)


def marked(headline: str) -> SafeString:
    html = escape(headline).replace(OPEN, "<mark>").replace(CLOSE, "</mark>")
    return mark_safe(html)  # noqa: S308 - escaped just now
