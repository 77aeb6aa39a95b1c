"""What came of scenarios as JUnit XML."""

from xml.etree import ElementTree as ET

from devices.simulator.judging import Verdict
from devices.simulator.junit import Judged, junit


def test_each_expectation_is_a_testcase_and_a_failed_one_names_file_line_and_the_nearest() -> None:
    verdicts = (
        Verdict("norbu told", passed=True, line=7),
        Verdict("pema told \x01", passed=False, nearest="2 s too late", line=8),
    )
    root = ET.fromstring(junit([Judged("small", "small.yaml", verdicts)]))  # noqa: S314 - our own
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("2", "1", "0")
    met, missed = root.iter("testcase")
    assert (met.get("name"), met.get("line"), met.find("failure")) == ("norbu told", "7", None)
    assert missed.findtext("failure") == "small.yaml:8: pema told \ufffd: 2 s too late"


def test_a_scenario_that_was_not_played_to_its_end_is_an_error() -> None:
    root = ET.fromstring(junit([Judged("small", "small.yaml", broke="nobody answered")]))  # noqa: S314
    assert (root.get("tests"), root.get("errors")) == ("1", "1")
