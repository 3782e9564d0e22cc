"""A form that was sent while the database was away comes back filled in."""

from django.http import QueryDict

from campaign.http import errors, unsent_form

PAGE = """<!DOCTYPE html><form method="get"><input name="q"></form>
<form method="post"><input type="hidden" name="pledge_text" value="2"><input type="email" name="email" required>
<input type="radio" name="by_email" value="yes" checked><input type="radio" name="by_email" value="no">
<input type="checkbox" name="authority"><textarea name="message">&lt;old</textarea>
<select name="kind"><option value="">None</option><option value="union">Union &amp; co</option></select></form>"""


def filled(typed: str) -> str:
    return unsent_form.filled(PAGE, QueryDict(typed))


def test_every_kind_of_field_is_filled_in_again():
    page = filled("email=a%22b%3C&by_email=no&authority=on&message=%3C/textarea%3E%0D%0Ahi&kind=union")
    assert 'name="email" required value="a&quot;b&lt;"' in page
    assert '<input type="radio" name="by_email" value="yes">' in page
    assert '<input type="radio" name="by_email" value="no" checked>' in page
    assert '<input type="checkbox" name="authority" checked>' in page
    assert "&lt;/textarea&gt;" in page
    assert "old" not in page
    assert '<option value="union" selected>Union &amp; co</option>' in page


def test_hidden_fields_and_get_forms_are_not_changed():
    page = filled("pledge_text=1&q=canary")
    assert 'name="pledge_text" value="2"' in page
    assert "canary" not in page


def test_the_rest_of_the_page_is_not_changed():
    untouched = "<!DOCTYPE html><p class='a'>&amp; &#233; <!-- no --><br/></p>"
    assert unsent_form.filled(untouched, QueryDict("a=b")) == untouched


def test_the_notice_is_above_the_filled_in_form(rf):
    request = rf.post("/pledge/", {"email": "alice@example.org"})
    request.META[unsent_form.FORM_PAGE] = b'<main id="main"><form method="post"><input name="email"></form></main>'
    page = unsent_form.page(request)
    assert page.index("We could not take this just now") < page.index('value="alice@example.org"')


def test_the_notice_is_below_the_line_that_says_that_a_translation_is_a_draft(rf):
    request = rf.post("/cy/pledge/", {})
    request.META[unsent_form.FORM_PAGE] = (
        b'<main id="main">\n<p class="draft quiet">Draft. <span>Draft.</span></p>\n<h1>'
    )
    page = unsent_form.page(request)
    assert page.index("Draft.</span></p>") < page.index("We could not take this just now") < page.index("<h1>")


def test_without_a_cached_page_a_button_sends_the_form_again(rf):
    answer = errors.unavailable(rf.post("/pledge/confirm/x/?a=b", {"address": "1 High Street\n<Leeds>", "agree": "on"}))
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert 'action="/pledge/confirm/x/?a=b"' in answer.text
    assert "1 High Street\n&lt;Leeds&gt;</textarea>" in answer.text


def test_a_staff_form_is_not_filled_in_because_it_may_hold_a_password(rf):
    assert "canary" not in errors.unavailable(rf.post("/admin/login/", {"password": "canary"})).text
