"""How addresses are shown as text."""

import pytest

from pledges.templatetags.addresses import breakable


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/report/1/", "https://example.<wbr>org/<wbr>report/<wbr>1/"),
        ("/report/1/", "/<wbr>report/<wbr>1/"),
        ("alice@example.org", "alice<wbr>@example.<wbr>org"),
        ("<b>@example.org", "&lt;b&gt;<wbr>@example.<wbr>org"),
    ],
)
def test_an_address_may_break_between_its_parts(address, shown):
    assert breakable(address) == shown
