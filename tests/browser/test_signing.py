"""People sign in a real Chromium: without script on a phone, by keyboard alone, after a mistake."""

import pytest
from playwright.sync_api import Page, expect

from pledges.models import Signature

pytestmark = pytest.mark.browser


@pytest.fixture
def phone(new_context) -> Page:
    """A small phone that runs no script."""
    return new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False).new_page()


def fits(page: Page) -> None:
    """Waits for the page, because a click returns before that; then asserts that nothing is wider than the screen."""
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def newest_email(page: Page):
    return page.get_by_role("article").first


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()
    fits(page)


def sign_as_nurse_in_london(phone: Page) -> None:
    phone.get_by_label("Email address").fill("alice@example.org")
    phone.get_by_text("Add your work, postcode or name").click()
    phone.get_by_label("Postcode").fill("sw1p 2hr")
    phone.get_by_label("Your work").fill("Nurse")
    phone.get_by_label("No, only").check()
    phone.get_by_role("button", name="Sign the pledge").click()
    expect(phone.get_by_text("Please confirm your email")).to_be_visible()
    fits(phone)


def type_the_code_of_the_email(phone: Page) -> None:
    inbox_page = phone.url
    follow(phone, "demo’s inbox")
    code = newest_email(phone).inner_text().partition("check your inbox:")[2].split()
    phone.goto(inbox_page)
    phone.get_by_label("Code from the email").fill(f"{code[0]} {code[1]}".lower())
    phone.get_by_role("button", name="Continue").click()
    expect(phone.get_by_role("definition").filter(has_text="London")).to_be_visible()
    fits(phone)


def confirm_with_public_name(phone: Page, name: str) -> None:
    phone.get_by_label("Yes, this is me").check()
    phone.get_by_text("Two optional choices:").click()
    phone.get_by_label("show my name").check()
    phone.get_by_label("Name to show in the list").fill(name)
    phone.get_by_role("button", name="Confirm").click()
    expect(phone.get_by_role("heading", name="You have signed")).to_be_visible()
    fits(phone)


def test_alice_signs_on_a_phone_without_script_and_is_listed(phone, site, work):
    phone.goto(site)
    follow(phone, "report")
    phone.locator('a[href="/report/education/1/"]:visible').first.click()
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    fits(phone)
    follow(phone, "Sign the pledge")
    sign_as_nurse_in_london(phone)
    work()
    type_the_code_of_the_email(phone)
    confirm_with_public_name(phone, "Alice Example")
    work()
    follow(phone, "Supporters")
    named = phone.get_by_role("main").get_by_role("listitem").filter(has_text="Alice Example")
    expect(named).to_have_text("Alice Example")  # and no group beside it


class Keyboard:
    """Operates a page by keyboard only."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target, by: str = "Tab") -> None:
        """Presses a key until the target has the focus; fails after as many presses as a page has stops."""
        for _ in range(80):
            if target.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press(by)
        raise AssertionError(f"{target} can't be reached")

    def type(self, label: str, text: str) -> None:
        self.reach(self.page.get_by_label(label))
        self.page.keyboard.type(text)

    def press(self, target, key: str = "Enter") -> None:
        self.reach(target)
        self.page.keyboard.press(key)


def test_bob_signs_by_keyboard_alone_with_the_link(page, site, work):
    hands = Keyboard(page)
    page.goto(site)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    hands.press(page.get_by_role("link", name="Sign the pledge").first)
    hands.type("Email address", "bob@example.org")
    hands.press(page.get_by_label("Yes, email me"), "Space")
    hands.press(page.get_by_role("button", name="Sign the pledge"))
    expect(page.get_by_text("Please confirm your email")).to_be_visible()

    work()
    hands.press(page.get_by_role("link", name="demo’s inbox"))
    hands.press(newest_email(page).get_by_role("link").first)
    hands.press(page.get_by_label("Yes, this is me"), "Space")
    hands.press(page.get_by_role("button", name="Confirm"))
    expect(page.get_by_role("heading", name="You have signed")).to_be_visible()
    expect(page.get_by_text("The next count is at")).to_be_visible()
    assert Signature.objects.counted().count() == 1


def test_a_mistake_is_found_and_corrected_without_typing_all_again(page, site, blameless):
    page.goto(f"{site}/pledge/")
    blameless(page)
    page.get_by_label("Email address").fill("alice@example")
    page.get_by_text("Add your work, postcode or name").click()
    page.get_by_label("Postcode").fill("SW1P")
    page.get_by_label("Your work").fill("Midwife")
    page.get_by_label("No, only").check()
    page.get_by_role("button", name="Sign the pledge").click()

    expect(page).to_have_title("Error: Sign the pledge · Care Don't Share")
    expect(page.get_by_role("alert")).to_be_focused()
    blameless(page)
    page.get_by_role("link", name="The address has no ending").click()
    expect(page.get_by_label("Email address")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(".org")
    page.get_by_role("link", name="only the first half").click()
    page.get_by_label("Postcode").fill("SW1P 2HR")
    expect(page.get_by_label("Your work")).to_have_value("Midwife")
    expect(page.get_by_label("No, only")).to_be_checked()
    page.get_by_role("button", name="Sign the pledge").click()
    expect(page.get_by_text("Please confirm your email")).to_be_visible()
    blameless(page)
    page.reload()  # and no browser asks whether to send it all again
    expect(page.get_by_text("Please confirm your email")).to_be_visible()


def test_a_slip_in_the_address_is_asked_about_and_the_address_changed_later_without_script(phone, site):
    phone.goto(f"{site}/pledge/")
    phone.get_by_label("Email address").fill("charlie@gmial.com")
    phone.get_by_text("Add your work, postcode or name").click()
    phone.get_by_label("Your work").fill("Midwife")
    phone.get_by_label("No, only").check()
    phone.get_by_label("Your work").press("Enter")
    expect(phone.get_by_role("link", name="Did you mean charlie@gmail.com?")).to_be_visible()
    fits(phone)
    phone.get_by_label("Your work").press("Enter")  # which answers nothing
    expect(phone.get_by_label("Email address")).to_have_value("charlie@gmial.com")
    phone.get_by_role("button", name="Yes, use charlie@gmail.com").click()
    expect(phone.get_by_text("Open our email to charlie@gmail.com")).to_be_visible()
    fits(phone)

    phone.get_by_role("button", name="Change the address").click()
    expect(phone.get_by_label("Email address")).to_be_focused()
    expect(phone.get_by_label("Your work")).to_have_value("Midwife")
    expect(phone.get_by_label("No, only")).to_be_checked()
    phone.get_by_label("Email address").fill("charlie@example.org")
    phone.get_by_role("button", name="Sign the pledge").click()
    expect(phone.get_by_text("Open our email to charlie@example.org")).to_be_visible()


def test_the_question_and_the_sent_page_shut_nobody_out(page, site, blameless):
    page.goto(f"{site}/pledge/")
    page.get_by_label("Email address").fill("charlie@gmial.com")
    page.get_by_label("No, only").check()
    page.get_by_role("button", name="Sign the pledge").click()
    expect(page.get_by_role("alert")).to_be_focused()
    blameless(page)
    page.get_by_role("button", name="No, keep charlie@gmial.com").click()
    expect(page.get_by_text("Open our email to charlie@gmial.com")).to_be_visible()
    blameless(page)
    page.get_by_role("button", name="Change the address").click()
    blameless(page)


def test_an_optional_choice_half_filled_in_is_asked_about_and_one_unticked_is_not(page, site, work, blameless):
    page.goto(f"{site}/pledge/")
    page.get_by_label("Email address").fill("alice@example.org")
    page.get_by_label("No, only").check()
    page.get_by_role("button", name="Sign the pledge").click()
    work()
    page.get_by_role("link", name="demo’s inbox").click()
    newest_email(page).get_by_role("link").first.click()
    blameless(page)
    page.get_by_text("Two optional choices:").click()
    expect(page.get_by_label("Name to show in the list")).to_be_hidden()
    page.get_by_label("show my name").check()
    expect(page.get_by_label("Name to show in the list")).to_be_visible()
    expect(page.get_by_label("postal address")).to_be_hidden()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("link", name="Tick this box to sign")).to_be_visible()
    expect(page.get_by_role("link", name="Enter the name")).to_be_visible()
    expect(page.get_by_label("show my name")).to_be_checked()
    blameless(page)
    page.get_by_label("show my name").uncheck()
    page.get_by_label("by post").check()
    page.get_by_label("postal address").fill("Half an address")
    page.get_by_label("by post").uncheck()
    page.get_by_label("Yes, this is me").check()
    page.get_by_role("button", name="Confirm").click()
    expect(page).to_have_url(f"{site}/pledge/thank-you/")


@pytest.mark.parametrize("path", ["/pledge/", "/cy/pledge/", "/pledge/stall/"])
def test_the_form_starts_on_the_first_screen_of_a_small_phone_and_ends_within_three(new_context, site, path):
    page = new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False).new_page()
    page.goto(site + path)
    expect(page.locator("#id_email")).to_be_in_viewport(ratio=1)
    button = page.locator("#answers > button").bounding_box()
    assert button["y"] + button["height"] <= 3 * 640


def test_a_person_who_signs_again_sees_the_earlier_choices_after_pressing_a_button(page, site, work):
    def sign_and_open_the_link(postcode: str) -> None:
        page.goto(f"{site}/pledge/")
        page.get_by_label("Email address").fill("alice@example.org")
        page.get_by_text("Add your work, postcode or name").click()
        page.get_by_label("Postcode").fill(postcode)
        page.get_by_label("No, only").check()
        page.get_by_role("button", name="Sign the pledge").click()
        work()
        page.get_by_role("link", name="demo’s inbox").click()
        newest_email(page).get_by_role("link").first.click()

    sign_and_open_the_link("")
    page.get_by_text("Two optional choices:").click()
    page.get_by_label("show my name").check()
    page.get_by_label("Name to show").fill("Alice Example")
    page.get_by_label("Yes, this is me").check()
    page.get_by_role("button", name="Confirm").click()
    sign_and_open_the_link("SW1P 2HR")
    expect(page.get_by_text("Alice Example")).not_to_be_attached()
    page.get_by_text("Have you signed before?").click()
    page.get_by_role("button", name="Show my earlier choices").click()
    expect(page.get_by_text("in the public list as “Alice Example”")).to_be_visible()
    expect(page.get_by_text("from “not given” to “London”")).to_be_visible()
    page.get_by_text("Two optional choices:").click()
    expect(page.get_by_label("Name to show")).to_have_value("Alice Example")
    expect(page.get_by_label("show my name")).to_be_checked()
