"""What came of scenarios as JUnit XML, for whatever shows the tests of a build.

A scenario is a testsuite, each of its expectations a testcase; one that could not be played is an error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from devices.simulator.judging import Verdict

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Judged:
    """One scenario with what came of it; ``broke`` says why it was not played to its end."""

    name: str
    file: str
    verdicts: Sequence[Verdict] = ()
    broke: str = ""


def junit(scenarios: Sequence[Judged]) -> bytes:
    """The XML, in UTF-8."""
    root = ET.Element("testsuites", name="scenarios")
    for each in scenarios:
        suite = ET.SubElement(root, "testsuite", name=_fit(each.name))
        for verdict in each.verdicts:
            _case(suite, each, verdict)
        if each.broke:
            case = ET.SubElement(suite, "testcase", classname=_fit(each.name), name="the scenario")
            ET.SubElement(case, "error", type="play", message=_fit(each.broke))
        _count(suite, [each])
    _count(root, scenarios)
    ET.indent(root)
    return f"{_DECLARATION}\n{ET.tostring(root, encoding='unicode')}\n".encode()


def _case(suite: ET.Element, judged: Judged, verdict: Verdict) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=_fit(judged.name),
        name=_fit(verdict.wish),
        file=_fit(judged.file),
        line=str(verdict.line),
    )
    if not verdict.passed:
        said = _fit(f"{judged.file}:{verdict.line}: {verdict.wish}: {verdict.nearest}")
        ET.SubElement(case, "failure", type="expectation", message=said).text = said


def _count(element: ET.Element, scenarios: Sequence[Judged]) -> None:
    broke = sum(bool(each.broke) for each in scenarios)
    element.set("tests", str(sum(len(each.verdicts) for each in scenarios) + broke))
    element.set("failures", str(sum(not verdict.passed for each in scenarios for verdict in each.verdicts)))
    element.set("errors", str(broke))


def _fit(text: str) -> str:
    """The text without what XML cannot carry."""
    return _NOT_IN_XML.sub("\ufffd", text)
