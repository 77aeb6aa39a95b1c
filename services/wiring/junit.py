"""What came of stories as JUnit XML, for whatever shows the tests of a build.

A file of stories is a testsuite, a story a testcase; a file that cannot be used is a testsuite with one
error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from services.wiring.story_run import Tried, TriedFile

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(files: Sequence[TriedFile]) -> bytes:
    """The XML, in UTF-8."""
    root = ET.Element("testsuites", name="stories")
    for file in files:
        root.append(_suite(file))
    _count(root, files)
    ET.indent(root)
    return f"{_DECLARATION}\n{ET.tostring(root, encoding='unicode')}\n".encode()


def _suite(file: TriedFile) -> ET.Element:
    suite = ET.Element("testsuite", name=_fit(file.file.name))
    _count(suite, [file])
    for tried in file.stories:
        suite.append(_case(file, tried))
    if file.faults:
        case = ET.SubElement(suite, "testcase", classname=_fit(file.file.name), name="the file", time="0.000")
        faults = [str(fault) for fault in file.faults]
        ET.SubElement(case, "error", type="fault", message=_fit(faults[0])).text = _fit("\n".join(faults))
    return suite


def _case(file: TriedFile, tried: Tried) -> ET.Element:
    story = tried.verdict.story
    case = ET.Element(
        "testcase",
        classname=_fit(file.file.name.removesuffix(".yaml")),
        name=_fit(story.title),
        file=_fit(str(file.file)),
        line=str(story.line),
        time=f"{tried.seconds:.3f}",
    )
    if tried.verdict.failures:
        said = [f"{file.file}:{each.line}: {each.message}" for each in tried.verdict.failures]
        failure = ET.SubElement(case, "failure", type="story", message=_fit(said[0]))
        failure.text = _fit("\n".join(said))
    return case


def _count(element: ET.Element, files: Sequence[TriedFile]) -> None:
    stories = [each for file in files for each in file.stories]
    broken = sum(bool(file.faults) for file in files)
    element.set("tests", str(len(stories) + broken))
    element.set("failures", str(sum(file.failed for file in files)))
    element.set("errors", str(broken))
    element.set("time", f"{sum(each.seconds for each in stories):.3f}")


def _fit(text: str) -> str:
    """The text without what XML cannot carry."""
    return _NOT_IN_XML.sub("\ufffd", text)
