"""Rulebooks and policies as they lie in the data folder: whether each would be taken as it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from services.domain.ports import UnitOfWork
from services.escalation.assignment_checks import known_of
from services.escalation.figure_aims import aims_in
from services.escalation.policy_files import ASSIGNMENTS, read_assignments, read_policies
from services.escalation.silence_policy import silence_policy_in
from services.rules.reading import read_what_is_good
from services.wiring.doctor.installation import Installation
from services.wiring.doctor.judgement import Judgement, fault, ok, to_see_to
from services.wiring.shipped import lacking_policies, shipped, shipped_files, texts_in


def rulebooks(house: Installation) -> Iterator[Judgement]:
    texts = texts_in(house.data_dir / "rulebooks")()
    if not texts:
        yield _none("rulebooks", house)
        return
    found = [each for name, text in texts.items() for each in read_what_is_good(text, name)[1]]
    if found:
        yield fault(
            "rulebooks",
            f"{found[0]}{_more(len(found))}",
            "Correct them: `anxin rules check FILE` says every fault. Until then what ran before goes on.",
        )
    else:
        yield ok("rulebooks", f"{len(texts)} without a fault")
    yield from _unknown_policies(house, texts)


def _unknown_policies(house: Installation, texts: Mapping[str, str]) -> Iterator[Judgement]:
    known = read_policies(texts_in(house.data_dir / "policies")())[0].names()
    lost = [
        f"{rule.name} ({rule.policy})"
        for name, text in texts.items()
        if (book := read_what_is_good(text, name)[0]) is not None
        for rule in book.rules
        if rule.policy not in known
    ]
    if lost:
        yield fault(
            "rules and policies",
            f"there is no policy for {', '.join(lost[:5])}",
            "Write the policy, or name another: until then the one of the rule's severity stands in.",
        )


def policies(house: Installation) -> Iterator[Judgement]:
    texts = texts_in(house.data_dir / "policies")()
    if not texts:
        yield _none("policies", house)
        return
    lacking = lacking_policies(house.data_dir / "policies")
    if lacking:
        yield to_see_to(
            "policies",
            f"in force as shipped, without a file to change it in: {', '.join(lacking)}",
            "The next start lays them out; where it cannot, the log says why.",
        )
    found = (*read_policies(texts)[1], *silence_policy_in(texts)[1], *aims_in(texts)[1])
    if found:
        yield fault(
            "policies",
            f"{found[0]}{_more(len(found))}",
            "Correct them: `anxin policies check` says every fault. Until then what was in force goes on, "
            "and after a start the shipped ones.",
        )
    else:
        own = sum(text != shipped("policies").get(file) for file, text in texts.items())
        yield ok("policies", f"{len(texts)} without a fault, {len(texts) - own} of them as shipped")


def assignments(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    """Whether the grids and residents that have policies of their own are those of the registers."""
    texts = texts_in(house.data_dir / "policies")()
    if ASSIGNMENTS not in texts:
        return
    policies, _ = read_policies(texts)
    known = known_of(uow.grids.all(), uow.residents.all())
    _, found = read_assignments(texts[ASSIGNMENTS], ASSIGNMENTS, policies, known)
    if found:
        yield fault(
            "assignments",
            f"{found[0]}{_more(len(found))}",
            "Correct them: `anxin policies check` says every fault. Until then the rule's policy stands in.",
        )


def shipped_rulebooks(house: Installation, uow: UnitOfWork) -> Iterator[Judgement]:
    """Which rulebooks came with a newer version and were never at work here: nobody has to use them, and a
    house that took one away has had it.
    """
    lying = (file.removesuffix(".yaml") for file in texts_in(house.data_dir / "rulebooks")())
    known = {*uow.rulebooks.heads(), *lying}
    new = [path for path in shipped_files("rulebooks") if path.stem not in known]
    said = "; ".join(
        f"{path.stem} was never at work here; who wants its rules: `anxin rules put {path} --reason …`"
        for path in new
    )
    yield ok("shipped rulebooks", said or "each of them is known here")


def _none(check: str, house: Installation) -> Judgement:
    folder = house.data_dir / check
    if folder.is_dir():
        return fault(check, f"{folder} is empty", "Put the files back from a backup, or remove the folder.")
    return to_see_to(check, f"{folder} is not there", "The next start lays out those of the house.")


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""
