"""The report of a played scenario on a terminal: what happened in local time, then each wish with whether
it was met and, where not, the nearest thing that happened. It only shows.
"""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from devices.simulator.ecosystems.native import ALARM_KINDS
from devices.simulator.happenings import Happening, What
from devices.simulator.judging import Verdict
from devices.simulator.player import in_order
from devices.simulator.scenario import Scenario

READINGS = frozenset({"bed.vitals", "device.battery", "motion.detected"})
"""What devices say by the hundred in a night."""
MOST_ROWS = 400
"""Of a longer story the table shows what came of it, and what alarmed."""
STYLES = {
    What.FAULT: "bold magenta",
    What.EVENT: "cyan",
    What.FINDING: "red",
    What.ALERT: "bold red",
    What.NOTICE: "yellow",
    What.ANSWER: "green",
    What.COMMAND: "magenta",
}


def show(
    console: Console, scenario: Scenario, happenings: Sequence[Happening], verdicts: Sequence[Verdict]
) -> None:
    """Print the whole report."""
    console.print(Text(scenario.scenario, style="bold"), Text(scenario.title))
    console.print(_timeline(scenario, happenings))
    console.print(_wishes(verdicts))
    failed = sum(not verdict.passed for verdict in verdicts)
    if failed:
        console.print(Text(f"FAILED: {failed} of {len(verdicts)} not as expected", style="bold red"))
    else:
        console.print(Text(f"passed: {len(verdicts)} of {len(verdicts)} as expected", style="bold green"))


def _timeline(scenario: Scenario, happenings: Sequence[Happening]) -> Table:
    zone = scenario.timezone.key
    table = Table(title=f"what happened ({zone})", title_justify="left", box=None, pad_edge=False)
    for name in ("time", "", "who"):
        table.add_column(name, no_wrap=True)
    table.add_column("what", overflow="fold")
    shown = [each for each in in_order(happenings) if each.fields.get("kind") not in READINGS]
    left_out = "readings"
    if len(shown) > MOST_ROWS:
        shown = [each for each in shown if each.what is not What.EVENT or each.fields["kind"] in ALARM_KINDS]
        left_out = "events"
    for happening in shown:
        row = (scenario.frame.show(happening.at), happening.what.value, happening.who, happening.text)
        table.add_row(*(Text(cell) for cell in row), style=STYLES[happening.what])
    if len(shown) < len(happenings):
        table.caption = f"{len(happenings) - len(shown)} {left_out} are not shown"
        table.caption_justify = "left"
    return table


def _wishes(verdicts: Sequence[Verdict]) -> Table:
    table = Table(title="what was expected", title_justify="left", box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    table.add_column("wish", overflow="fold")
    table.add_column("came", overflow="fold")
    for verdict in verdicts:
        if verdict.passed:
            table.add_row(Text("pass", style="green"), Text(verdict.wish), Text(verdict.evidence))
        else:
            table.add_row(
                Text("FAIL", style="bold red"), Text(verdict.wish), Text(verdict.nearest, style="red")
            )
    return table
