import pytest
from django.utils.safestring import mark_safe

from reports.glossary import Glossary
from reports.models import GlossaryTerm

NRPF = GlossaryTerm(
    slug="nrpf", name="no recourse to public funds", short="NRPF", also=["without recourse to public funds"]
)
NHS = GlossaryTerm(slug="nhs-digital", name="NHS Digital")


@pytest.fixture
def words():
    return Glossary([NRPF, NHS])


def test_a_word_is_explained_where_it_first_appears(words):
    assert words.explain("NHS Digital and NHS Digital").count("<dfn>") == 1
    assert words.explain("NHS Digital") == "NHS Digital"
    assert words.linked == [NHS]


def test_an_abbreviation_is_spelt_out_once(words):
    told = words.explain("NRPF and NRPF")
    assert told == ('<dfn><a href="#term-nrpf"><abbr>NRPF</abbr></a></dfn> (no recourse to public funds) and NRPF')


def test_every_form_is_the_same_word(words):
    words.explain("Families Without recourse to public funds")
    assert words.explain("no recourse to public funds, NRPF") == "no recourse to public funds, NRPF"


def test_an_abbreviation_counts_only_as_it_is_written(words):
    assert words.explain("nrpf, NRPFS, xNRPF") == "nrpf, NRPFS, xNRPF"


def test_links_and_headings_are_left_alone(words):
    html = mark_safe('<h3>NRPF</h3><p><a href="/nrpf">NRPF</a> NRPF</p>')
    assert words.explain(html).startswith('<h3>NRPF</h3><p><a href="/nrpf">NRPF</a> <dfn>')


def test_plain_text_is_escaped_and_html_is_not(words):
    assert words.explain("<b> & NRPF").startswith("&lt;b&gt; &amp; <dfn>")
    assert words.explain(mark_safe("<em>x</em>")) == "<em>x</em>"


def test_a_glossary_without_words_explains_nothing():
    assert Glossary([]).explain("NRPF") == "NRPF"
