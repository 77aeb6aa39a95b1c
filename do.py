"""The front door: sets up what a verb needs, then hands over to it. It stands on the standard library
alone and parses on an old Python 3, so that a machine that lacks something hears it in words. It starts no
service itself, and a set-up that was interrupted is never used: the next start makes it anew.
"""

import hashlib
import importlib.util
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "set-up.json"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
RUN_LOCK = "requirements.lock"
DEV_LOCK = "requirements-dev.lock"
OLDEST_PYTHON = (3, 11)

USAGE = """usage: python3 do.py VERB [arguments]

  run      start everything with a demo community; further arguments go to `anxin up`
  test     run the tests, on every core unless a file is named; further arguments go to pytest
  check    format, lint, types, arrows between the rooms, rules of the house
  bench    measure throughput and latency and print a table; --quick takes a minute and a half
  mutate   flips comparisons in the thinking rooms, one at a time; counts how many the tests notice
  soak     kill the house at every crash point while devices press; counts what was lost or doubled
  words    write what the catalogues of the pages lack into them, to be translated
  shots    a picture of every page, phone and desk, in every language, light and dark
  setup    only set up, with the tools of a developer
  lock     resolve the locks anew; --upgrade takes newer versions
  anxin    any verb of the command line: python3 do.py anxin --help

`run` keeps its data in .anxin-demo; --data-dir or ANXIN_DATA_DIR name another place."""

# What pip says when no index answered, as against one that answered 'no such version'.
NO_NETWORK_SIGNS = ("connection broken by", "Could not fetch URL", "Temporary failure in name resolution")


class CannotGoOnError(Exception):
    """Something that only a person can mend; the message says how."""


# ---------------------------------------------------------------------------- setting up


def machine_fault(version: "tuple[int, int]", *, has_ensurepip: bool) -> "str | None":
    if version < OLDEST_PYTHON:
        return (
            "Anxin needs Python 3.11 or newer, this is {}.{}: start it with a newer one, "
            "for example `python3.11 do.py run`.".format(*version)
        )
    if not has_ensurepip:
        return "A package of the system is missing: `apt-get install python3-venv` as root, then start again."
    return None


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def wanted_state(locks: "list[str]") -> "dict[str, object]":
    return {
        "python": platform.python_version(),
        "root": str(ROOT),  # scripts and the editable install name the folder they were made in
        "project": digest(ROOT / "pyproject.toml"),
        "locks": {lock: digest(ROOT / lock) for lock in locks},
    }


def found_state() -> "dict[str, object]":
    """What the last finished set-up wrote down; nothing if it did not finish or its Python is gone."""
    if not (BIN / python_name()).exists():
        return {}
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def work_to_do(wanted: "dict[str, object]", found: "dict[str, object]") -> str:
    """Return `nothing`, `project`, `packages` or `all`: the least that leads from one state to the other."""
    wanted_locks, found_locks = wanted["locks"], found.get("locks")
    if not isinstance(wanted_locks, dict) or not isinstance(found_locks, dict):
        return "all"
    if any(wanted[key] != found.get(key) for key in ("python", "root")):
        return "all"
    if any(found_locks[lock] != wanted_locks.get(lock, found_locks[lock]) for lock in found_locks):
        return "all"  # a package that left a lock must leave the environment too
    if set(wanted_locks) - set(found_locks):
        return "packages"
    return "nothing" if wanted["project"] == found["project"] else "project"


def set_up(locks: "list[str]") -> None:
    """Bring the environment to the state of the locks. Costs nothing when it is there already."""
    fault = machine_fault(
        sys.version_info[:2], has_ensurepip=importlib.util.find_spec("ensurepip") is not None
    )
    if fault:
        raise CannotGoOnError(fault)
    if work_to_do(wanted_state(locks), found_state()) == "nothing":
        return
    with only_one_at_a_time():
        found = found_state()
        wanted = wanted_state(locks)
        work = work_to_do(wanted, found)
        if work == "nothing":
            return
        STAMP.unlink(missing_ok=True)
        if work == "all":
            say("Setting up in {} (once; a minute or two) …".format(VENV.name))
            make_environment()
        if work in ("all", "packages"):
            pip("--only-binary", ":all:", "--require-hashes", "--requirement", str(ROOT / locks[-1]))
        pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT))
        if work == "project":
            wanted["locks"] = found["locks"]  # the tools of a developer stay noted after a `run`
        STAMP.write_text(json.dumps(wanted, indent=2) + "\n", encoding="utf-8")


def make_environment() -> None:
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=False)
    if made.returncode != 0:
        raise CannotGoOnError("No environment could be made in {} (see above).".format(VENV))


def pip(*arguments: str) -> None:
    """Run `pip install`, one line of progress at a terminal, its own words only when it fails."""
    command = [str(BIN / python_name()), "-m", "pip", "install", "--progress-bar", "off", *arguments]
    environment = dict(os.environ, PIP_USER="0", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    lines = []
    with subprocess.Popen(
        command, cwd=str(ROOT), env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or []:
            lines.append(line.rstrip())
            if line.startswith("Collecting") and sys.stderr.isatty():
                name = line.split()[1].split("==")[0]
                sys.stderr.write("\r\x1b[K  {}".format(name))
                sys.stderr.flush()
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    if process.returncode != 0:
        raise CannotGoOnError(pip_fault(lines))


def pip_fault(lines: "list[str]") -> str:
    words = "\n".join(lines)
    if "DO NOT MATCH THE HASHES" in words:
        return "A package that came is not the one in the lock; nothing was installed.\n" + "\n".join(
            lines[-12:]
        )
    if any(sign in words for sign in NO_NETWORK_SIGNS):
        return (
            "The package index could not be reached. The first set-up needs the network, later starts do "
            "not. Behind a proxy set HTTPS_PROXY, with a mirror set PIP_INDEX_URL; then start again."
        )
    return "The packages could not be installed; pip said:\n" + "\n".join(lines[-12:])


class only_one_at_a_time:  # noqa: N801 - reads as the sentence it is
    """Two starts at once would install over each other: the second waits. A lock dies with its holder."""

    def __enter__(self) -> None:
        self.file = Path(__file__).open("rb")
        if os.name == "posix":
            import fcntl  # noqa: PLC0415 - not there on Windows

            try:
                fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                say("Another start is setting up; waiting for it …")
                fcntl.flock(self.file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.file.close()


# ---------------------------------------------------------------------------- handing over


def python_name() -> str:
    return "python.exe" if os.name == "nt" else "python"


def tool(name: str) -> str:
    return str(BIN / (name + ".exe" if os.name == "nt" else name))


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def hand_over(command: "list[str]") -> int:
    """Become the program, so that Ctrl-C and SIGTERM reach it and nobody stands between."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "posix":
        os.execv(command[0], command)
    return subprocess.run(command, check=False).returncode


# ---------------------------------------------------------------------------- verbs


def run(arguments: "list[str]") -> int:
    set_up([RUN_LOCK])
    place = []
    named = any(word == "--data-dir" or word.startswith("--data-dir=") for word in arguments)
    if not named and "ANXIN_DATA_DIR" not in os.environ:
        place = ["--data-dir", str(ROOT / ".anxin-demo")]
    return hand_over([tool("anxin"), "up", "--demo", "--welcome", *place, *arguments])


def anxin(arguments: "list[str]") -> int:
    set_up([RUN_LOCK])
    return hand_over([tool("anxin"), *arguments])


def test(arguments: "list[str]") -> int:
    set_up([RUN_LOCK, DEV_LOCK])
    os.chdir(str(ROOT))
    keep_what_is_compiled()
    return hand_over([tool("pytest"), *processes(arguments, os.cpu_count() or 1), *arguments])


def keep_what_is_compiled() -> None:
    """The tests start some hundred processes. Where none may leave compiled code beside its source, each
    would compile everything again; so it is kept beside the packages instead.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "compiled"))


def processes(arguments: "list[str]", cores: int) -> "list[str]":
    """On how many processes pytest runs: one file, or a test that somebody wants to look into, on this one.
    One more than there are cores, for some tests wait until a promise is kept in real time; more than four
    would want more memory than a machine has for their services and browsers.
    """
    alone = ("-n", "-s", "--pdb", "--trace", "--co", "--numprocesses", "--capture=no", "no:xdist")
    if cores == 1 or any(".py" in word or word.startswith(alone) for word in arguments):
        return []
    return ["-n", str(min(cores + 1, 4))]


def check(arguments: "list[str]") -> int:
    """Run every check, so that one round shows every fault; what is fine stays one line."""
    if arguments:
        raise CannotGoOnError("check takes no arguments")
    set_up([RUN_LOCK, DEV_LOCK])
    checks = [
        ("format", [tool("ruff"), "format", "--check", "--diff", "."]),
        ("lint", [tool("ruff"), "check", "."]),
        ("types", [tool("mypy")]),
        ("arrows", [tool("lint-imports"), "--no-cache"]),
        ("house", [tool("pytest"), "--quiet", "--no-header", "tests/house"]),
    ]
    failed = []
    for name, command in checks:
        done = subprocess.run(
            command, cwd=str(ROOT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode == 0:
            print("{:8} fine".format(name), flush=True)
            continue
        failed.append(name)
        print("{:8} FAILED: {}\n{}".format(name, " ".join(command), done.stdout), flush=True)
    if failed:
        print("failed: {}".format(", ".join(failed)))
        if "format" in failed:
            print("the formatter mends its part: {} format .".format(tool("ruff")))
    return 1 if failed else 0


def bench(arguments: "list[str]") -> int:
    set_up([RUN_LOCK, DEV_LOCK])
    os.chdir(str(ROOT))
    return hand_over([str(BIN / python_name()), "-m", "bench", *arguments])


def soak(arguments: "list[str]") -> int:
    set_up([RUN_LOCK, DEV_LOCK])
    os.chdir(str(ROOT))
    return hand_over([str(BIN / python_name()), "-m", "tests.soak", *arguments])


def mutate(arguments: "list[str]") -> int:
    set_up([RUN_LOCK, DEV_LOCK])
    os.chdir(str(ROOT))
    return hand_over([str(BIN / python_name()), "-m", "tests.mutation", *arguments])


def words(arguments: "list[str]") -> int:
    set_up([RUN_LOCK, DEV_LOCK])
    os.chdir(str(ROOT))
    return hand_over([str(BIN / python_name()), "-m", "tests.words", *arguments])


def shots(arguments: "list[str]") -> int:
    set_up([RUN_LOCK, DEV_LOCK])
    os.chdir(str(ROOT))
    return hand_over([str(BIN / python_name()), "-m", "tests.browser.shots", *arguments])


def lock(arguments: "list[str]") -> int:
    set_up([RUN_LOCK, DEV_LOCK])
    resolve = [tool("uv"), "pip", "compile", "pyproject.toml", "--python-version", "3.11", "--quiet"]
    resolve += ["--universal", "--generate-hashes", "--no-header", "--no-annotate", *arguments]
    for target in (["--group", "build", "-o", RUN_LOCK], ["--group", "dev", "-c", RUN_LOCK, "-o", DEV_LOCK]):
        done = subprocess.run(resolve + target, cwd=str(ROOT), check=False)
        if done.returncode != 0:
            return done.returncode
    return 0


def setup(arguments: "list[str]") -> int:
    if arguments:
        raise CannotGoOnError("setup takes no arguments")
    set_up([RUN_LOCK, DEV_LOCK])
    say("Ready: {}".format(BIN))
    return 0


VERBS = {
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "soak": soak,
    "mutate": mutate,
    "words": words,
    "shots": shots,
    "setup": setup,
    "lock": lock,
    "anxin": anxin,
}


def main(words: "list[str]") -> int:
    if not words or words[0] in ("-h", "--help", "help"):
        print(USAGE)
        return 0 if words else 2
    if words[0] not in VERBS:
        say("do.py: no verb {!r}\n\n{}".format(words[0], USAGE))
        return 2
    try:
        return VERBS[words[0]](words[1:])
    except CannotGoOnError as fault:
        say(str(fault))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
