"""What a page offers to do: its forms, as a browser would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """One form: where it leads, what it sends unasked, and what can be chosen in it."""

    action: str
    identity: str = ""
    hidden: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    """Address and value of each button."""


class Forms(HTMLParser):
    """All forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action", ""), said.get("id", "")))
        if not self.forms:
            return
        form = self.forms[-1]
        if tag == "input" and said.get("type") == "hidden":
            form.hidden[said["name"]] = said.get("value", "")
        elif tag == "input" and said.get("type") == "radio":
            form.choices.setdefault(said["name"], []).append(said["value"])
        elif tag == "select":
            self._select = said["name"]
        elif tag == "option":
            form.choices.setdefault(self._select, []).append(said.get("value", ""))
        elif tag == "button":
            owner = next((each for each in self.forms if each.identity == said.get("form")), form)
            owner.buttons.append((said.get("formaction", owner.action), said.get("value", "")))
