"""The matrix as JUnit XML, for whatever shows the tests of a build: a story is a testsuite, a fault a
testcase.
"""

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from devices.simulator.matrix.judging import Cell, Mark
from devices.simulator.matrix.playing import Row

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(rows: Sequence[Row]) -> bytes:
    """The XML, in UTF-8."""
    root = ET.Element("testsuites", name="scenarios × faults")
    for row in rows:
        root.append(_suite(row))
    ET.indent(root)
    return f"{_DECLARATION}\n{ET.tostring(root, encoding='unicode')}\n".encode()


def _suite(row: Row) -> ET.Element:
    name = row.scenario.scenario
    failed = sum(cell.mark is Mark.FAIL for cell in row.cells.values())
    counts = {
        "tests": len(row.cells) + bool(row.unplayable),
        "failures": failed,
        "errors": bool(row.unplayable),
    }
    suite = ET.Element("testsuite", name=name, attrib={key: str(int(value)) for key, value in counts.items()})
    if row.unplayable:
        case = ET.SubElement(suite, "testcase", classname=name, name="without a fault")
        ET.SubElement(case, "error", type="scenario", message=_fit(row.unplayable))
    for fault, cell in row.cells.items():
        case = ET.SubElement(suite, "testcase", classname=name, name=fault)
        if cell.mark is Mark.FAIL:
            words = _words(row, cell)
            failure = ET.SubElement(case, "failure", type="matrix", message=_fit(words[0]))
            failure.text = _fit("\n".join(words))
    return suite


def _words(row: Row, cell: Cell) -> list[str]:
    broke_off = [f"could not be played to its end: {cell.broke_off}"] if cell.broke_off else []
    return broke_off + [f"{each.difference.say(row.scenario.frame)} ({each.because})" for each in cell.faults]


def _fit(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
