"""A start is refused when XML that somebody sends could reach further than itself."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from fieldbook.ops import defused, init
from fieldbook.ops.unready import Unready


def test_entities_and_document_types_are_shut_out():
    assert list(defused.of_xml()) == []


def test_a_reader_that_follows_entities_stops_the_start_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(defused.ElementTree, "fromstring", lambda text, **_how: ElementTree.fromstring("<a/>"))

    with pytest.raises(Unready) as stopped:
        init.init(tmp_path, demo=False)

    assert "XML" in stopped.value.zh
    assert list(tmp_path.iterdir()) == []
