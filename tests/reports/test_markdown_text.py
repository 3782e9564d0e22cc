import pytest

from reports import markdown_text


@pytest.mark.parametrize(
    ("markdown", "harmless"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>"),
        ("<!-- c --><b>bold</b>", "<p>&lt;!-- c --&gt;&lt;b&gt;bold&lt;/b&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](JaVaScRiPt&colon;alert(1))", "<p>[x](JaVaScRiPt:alert(1))</p>"),
        ("[x](data:text/html,x)", "<p>[x](data:text/html,x)</p>"),
        ("[x](vbscript:x)", "<p>[x](vbscript:x)</p>"),
        ("[x](http://example.org/)", '<p><a rel="noopener">x</a></p>'),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>"),
        ("<https://example.org/>", '<p><a href="https://example.org/" rel="noopener">https://example.org/</a></p>'),
        ('[x](https://example.org/ "t")', '<p><a href="https://example.org/" rel="noopener">x</a></p>'),
        ("[x](/report/)", '<p><a href="/report/" rel="noopener">x</a></p>'),
        ("# One\n### Three", "<h3>One</h3>\n<h4>Three</h4>"),
        ("**a** _b_ `c`", "<p><strong>a</strong> <em>b</em> <code>c</code></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("```js\nx\n```", "<code>x\n</code>"),
    ],
)
def test_markdown_can_do_no_harm(markdown, harmless):
    assert markdown_text.html(markdown).strip() == harmless


def test_an_image_from_elsewhere_is_not_shown():
    assert "<img" not in markdown_text.html("![x](https://example.org/x.png)")


@pytest.mark.parametrize(
    "unit",
    [">", "> ", "- ", "[", "![", "*", "**a ", "_a", "`", "[a](", "<", "&", "\\", "1. ", "#", "* _", "[a][", "~", "|"],
)
def test_deep_nesting_is_bounded(unit):
    """No time is asserted: a text that takes too long would make the suite hang."""
    text = (unit * 20_000)[:20_000]
    assert len(markdown_text.html(text)) < 2_000_000


def test_the_longest_line_of_emphasis_is_bounded():
    assert markdown_text.html("a" + "*a" * 9_999)
