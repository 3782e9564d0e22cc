"""What was changed in a text is marked, with a few words around it where that is asked for."""

from pledges.admin_base.differences import difference

LONG = " ".join(map(str, range(40)))


def test_removed_and_inserted_words_are_marked_and_escaped():
    assert difference("a b c", "a <b> c") == "<span>a</span> <del>b</del> <ins>&lt;b&gt;</ins> <span>c</span>"


def test_unchanged_words_far_from_a_change_are_cut():
    shown = difference(f"old {LONG} old {LONG}", f"new {LONG} new {LONG}", is_cut=True)
    around = "<span>0 1 2 3 4 5 6 7 … 32 33 34 35 36 37 38 39</span>"
    assert shown == (
        f"<del>old</del> <ins>new</ins> {around} <del>old</del> <ins>new</ins> <span>0 1 2 3 4 5 6 7 …</span>"
    )


def test_the_words_before_an_addition_at_the_end_are_shown():
    assert difference("a b", "a b c", is_cut=True) == "<span>a b</span> <ins>c</ins>"
    assert difference(LONG, f"{LONG} new", is_cut=True).startswith("<span>… 32 33")


def test_the_whole_text_is_shown_where_nothing_is_to_be_cut():
    assert difference(f"{LONG} old", f"{LONG} new").startswith(f"<span>{LONG}</span>")
