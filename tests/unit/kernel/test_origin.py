"""The origin that phones enrol under: https, a name, no path."""

import pytest

from fieldbook.kernel import OriginBroken, is_address, origin_of


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        (" https://Xuncha.Qinghe.gov.cn/ ", "https://xuncha.qinghe.gov.cn"),
        ("https://xuncha.example:443", "https://xuncha.example"),
        ("https://xuncha.example:8443", "https://xuncha.example:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://巡查.example", "https://xn--9rtw6t.example"),
    ],
)
def test_an_origin_is_kept_in_its_plain_form(typed, origin):
    assert origin_of(typed) == origin


@pytest.mark.parametrize(
    "typed",
    ["", "xuncha.example", "http://xuncha.example", "ftp://xuncha.example", "https://", "https://a b.example", "https://x.example/app", "https://x.example?q=1", "https://u:p@x.example", "https://x.example:99999", "https://[::1", "javascript:alert(1)", "https://" + "a" * 64 + ".例"],
)
def test_what_phones_cannot_use_is_refused(typed):
    with pytest.raises(OriginBroken):
        origin_of(typed)


def test_an_ip_address_is_seen_as_one():
    assert is_address("https://192.168.1.8")
    assert not is_address("https://xuncha.example")
    assert not is_address("http://127.0.0.1:8000")
