import pytest
from django.utils import timezone

from reports.models import Arrangement, Body, GlossaryTerm, Report, Sector
from reports.search import did_you_mean, full_text

old = full_text.reworded


def titles(words, **where):
    return [hit.title for hit in full_text.search(words, **where)]


def find(client, words):
    return client.get("/report/search/", {"q": words})


@pytest.fixture
def nrpf(schools):
    return GlossaryTerm.objects.create(
        slug="nrpf",
        name="no recourse to public funds",
        short="NRPF",
        meaning="A condition.",
        published_at=timezone.now(),
    )


def test_a_recommendation_is_found_by_its_words(schools):
    assert titles("keeping") == ["Schools 1: Keep it"]


def test_an_abbreviation_finds_what_it_stands_for(schools, nrpf):
    schools.why = "For families with no recourse to public funds."
    schools.save()
    assert "Schools 1: Keep it" in titles("NRPF")
    assert "Schools 1: Keep it" in titles("nrpf families")


def test_an_excluded_word_has_no_synonyms(schools, nrpf):
    schools.why = "For NRPF families."
    schools.save()
    assert titles("families") == ["Schools 1: Keep it"]
    assert titles("families -NRPF") == []


def test_a_query_of_many_terms_makes_no_more_variants_than_are_used(monkeypatch):
    made = []
    monkeypatch.setattr(full_text, "reworded", lambda *words: (made.append(one) or one for one in old(*words)))
    terms = [GlossaryTerm(name=f"n{n}", short=f"s{n}", also=[f"a{n}", f"b{n}"]) for n in range(9)]
    assert len(full_text.variants(" ".join(f"n{n}" for n in range(9)), terms)) == full_text.MOST_VARIANTS
    assert len(made) < full_text.MOST_VARIANTS


def test_a_hit_in_the_title_comes_first(schools, nrpf):
    GlossaryTerm.objects.create(slug="k", name="other", meaning="You keep it.", published_at=timezone.now())
    assert titles("keep") == ["Schools 1: Keep it", "Other"]


def test_each_kind_of_text_is_searched(schools, happen, nrpf):
    happen("2019-07-19", what="The needle was lost.")
    report = schools.sector.report
    Report.objects.update(text="A needle.")
    Arrangement.objects.create(
        report=report, slug="n", position=1, label="N", shared="A needle", published_at=timezone.now()
    )
    schools.sector.lead = schools.why = nrpf.meaning = "A needle."
    for row in (schools.sector, schools, nrpf):
        row.save()
    assert {hit.kind for hit in full_text.search("needles")} == {
        "Report", "Arrangement", "Sector", "Recommendation", "Update", "Glossary term",
    }  # fmt: skip


def test_what_was_found_is_marked_and_the_rest_escaped(client, schools):
    schools.text = "Keep 3 < 5 & more there."
    schools.save()
    html = find(client, "keep").content.decode()
    assert "<mark>Keep</mark> 3 &lt; 5 &amp; more there" in html


def test_an_extract_shows_no_markdown(client, schools):
    schools.why = "Keep **all** of [it](/report/schools/1/), as `[2021] EWCA` says."
    schools.save()
    html = find(client, "EWCA").content.decode()
    assert "Keep all of it, as [2021] <mark>EWCA</mark> says" in html


def test_a_hit_leads_to_the_very_update(client, happen):
    update = happen("2019-07-19", what="The needle was lost.")
    assert f'href="/report/schools/1/#update-{update.pk}"' in find(client, "needle").content.decode()


def test_an_empty_search_is_a_calm_page(client, db):
    for words in ("", "   "):
        answer = find(client, words)
        assert answer.status_code == 200
        assert "Search everything in the report" in answer.content.decode()


@pytest.mark.parametrize("words", ["\u200bneedle\ufeff", "ｎｅｅｄｌｅ", "\u00a0needle\u2060"])
def test_a_search_is_tidied_and_width_makes_no_difference(client, schools, happen, words):
    update = happen("2019-07-19", what="The needle was lost.")
    assert f"#update-{update.pk}" in find(client, words).text


def test_a_search_for_invisible_characters_is_an_empty_search(client, db):
    assert "Search everything in the report" in find(client, "\u200b\ufeff").text


def test_a_search_too_long_is_refused_and_nothing_is_lost(client, db):
    answer = find(client, "x" * 10_000)
    assert answer.status_code == 422
    assert "200 characters at most" in answer.content.decode()
    assert "x" * 10_000 in answer.content.decode()


def test_a_search_for_nul_is_refused(client, db):
    assert client.get("/report/search/?q=a%00b").status_code == 400


@pytest.mark.parametrize(
    "words", ["))&|!", "':*", '"', '"""', "a & | b", "-", "or or", "\\", "!!", "<->", "%' OR 1=1 --", "\ue000"]
)
def test_search_operators_are_only_words(client, schools, nrpf, words):
    assert find(client, words).status_code == 200


def test_what_was_searched_is_shown_as_it_was_typed(client, schools):
    assert "<script>" not in find(client, "<script>alert(1)</script>{{7*7}}").content.decode().split("<main")[1]


def test_an_extract_begins_at_a_sentence(client, schools):
    schools.why = "First comes this. Then the needle is lost in the hay. " + "And on it goes. " * 30
    schools.save()
    (hit,) = full_text.search("needle")
    assert hit.extract.startswith("Then the <mark>needle</mark> is lost")
    assert len(hit.extract) < 320


def test_a_word_late_in_a_long_sentence_is_shown(schools):
    schools.why = "On " + "and on " * 100 + "to the needle."
    schools.save()
    assert "<mark>needle</mark>" in full_text.search("needle")[0].extract


def test_a_misspelt_word_leads_to_the_right_one(client, schools):
    schools.why = "The memorandum stands."
    schools.save()
    html = find(client, "memorandom").text
    assert '<a href="/report/search/?q=memorandum">memorandum</a>' in html


def test_a_misspelt_term_of_the_glossary_leads_to_it(nrpf):
    assert did_you_mean.suggestion("recuorse") == "recourse"


def test_words_like_none_of_ours_bring_no_suggestion(client, schools):
    assert did_you_mean.suggestion("zzyzx") == ""
    assert "Did you mean" not in find(client, "zzyzx").text


def test_a_search_can_be_narrowed_to_a_sector_and_to_a_body(client, schools, nrpf):
    nrpf.meaning = "You keep it."
    nrpf.save()
    other = Sector.objects.create(
        report=schools.sector.report, slug="other", name="Other", position=2, published_at=timezone.now()
    )
    Body.objects.create(slug="nobody", name="Nobody", position=2)
    assert len(full_text.search("keep")) == 2
    assert titles("keep", sector=schools.sector) == ["Schools 1: Keep it"]
    assert titles("keep", sector=other) == []
    assert titles("keep", body=schools.asked_of.get()) == ["Schools 1: Keep it"]
    assert titles("keep", body=Body.objects.get(slug="nobody")) == []
    html = client.get("/report/search/", {"q": "keep", "sector": "other"}).text
    assert "Search in every sector" in html
    assert client.get("/report/search/", {"q": "keep", "sector": "none"}).status_code == 422


def test_nothing_found_says_so_and_offers_a_way_on(client, schools):
    page = find(client, "zebra").content.decode()
    assert "We found nothing for these words" in page
    assert "search-results" not in page


def test_the_number_of_queries_does_not_grow(client, schools, nrpf, happen, django_assert_num_queries):
    for day in range(10, 20):
        happen(f"2019-07-{day}", what="The needle was lost.")
    with django_assert_num_queries(7):
        assert len(full_text.search("needle")) == 10
