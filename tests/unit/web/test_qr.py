"""Codes as drawings, and telephone numbers as lists show them."""

import pytest

from fieldbook.web import formats, qr


def test_a_code_is_drawn_with_its_quiet_zone():
    drawn = qr.draw("https://xuncha.example.gov.cn/app/places/0d83a59c-ea6e-5206-938f-5221fa5c8363")

    assert drawn.size == 37 + 8
    assert drawn.path.startswith("M4 4h7v1h-7z")
    assert '"' not in drawn.path


@pytest.mark.parametrize(("phone", "shown"), [("13912340000", "139****0000"), ("0555-1234567", "055*-\u2060***4567"), ("12345", "12345"), ("", "")])
def test_a_persons_number_is_masked_and_a_hotline_is_not(phone: str, shown: str):
    assert formats.masked(phone) == shown
