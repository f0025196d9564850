"""Whether XML that somebody sends can reach further than itself."""

from collections.abc import Iterator

from defusedxml import DefusedXmlException, ElementTree

#: an entity that calls for a file, one that multiplies, and a document type that stands elsewhere
TRAPS = (
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>',
    '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a>&d;</a>',
    '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
)


def of_xml() -> Iterator[tuple[str, str]]:
    """What is wrong with the reader of XML: a pair of sentences when it follows an entity or a document type."""
    for trap in TRAPS:
        try:
            ElementTree.fromstring(trap, forbid_dtd=True)
        except DefusedXmlException:
            continue
        yield (
            "XML 的外部实体没有关住，表格可能借此读取本机文件。请重新安装依赖：pip install -r requirements.txt。",
            "Entities of XML are not shut out, so a workbook could read this machine's files: install the requirements again.",
        )
        return
