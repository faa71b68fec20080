"""Runs the checks one after the other, a line each, and ends in go or NO-GO.

It knows how to start them and how they end, nothing of what they check.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Tests run in this many processes at once; TEST_WORKERS=0 keeps them in one.
TEST_WORKERS = os.environ.get("TEST_WORKERS", "2")
E2E_WORKERS = os.environ.get("E2E_WORKERS", "2")

NEEDS_NO_SERVER = "not slow and not e2e and not postgres and not redis"

NAME_WIDTH = 8
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed|warnings?)")
PYTEST_SUMMARY = re.compile(r"^=* ?(.*\bin [\d.]+s\b.*?) ?=*$")


@dataclass(frozen=True)
class Step:
    """One check: what it is called and the arguments after `python -m`."""

    name: str
    arguments: Sequence[str]

    @property
    def is_pytest(self) -> bool:
        """Tell whether its last line counts tests."""
        return self.arguments[0] == "pytest"


@dataclass
class Outcome:
    """How a step ended: whether it is fine, its closing line and its tests by result."""

    ok: bool
    closing_line: str = ""
    counts: dict[str, int] = field(default_factory=dict)


LINT_AND_TYPES = (
    Step("format", ("ruff", "format", "--check", ".")),
    Step("lint", ("ruff", "check", ".")),
    Step("types", ("mypy",)),
)
QUICK = (
    *LINT_AND_TYPES,
    Step("tests", ("pytest", "tests", "-n", TEST_WORKERS, "-m", NEEDS_NO_SERVER)),
)
EVERYTHING = (
    *LINT_AND_TYPES,
    Step("tests", ("pytest", "tests", "-n", TEST_WORKERS)),
    Step("e2e", ("pytest", "e2e", "-n", E2E_WORKERS)),
)


def main() -> int:
    """Run the steps asked for, all of them even after a failure, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.check", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out what needs a server or a browser")
    steps = QUICK if parser.parse_args().quick else EVERYTHING
    try:
        outcomes = {step.name: run_step(step) for step in steps}
    except KeyboardInterrupt:
        print("\nstopped")
        return 130
    print(verdict(outcomes))
    return 0 if all(outcome.ok for outcome in outcomes.values()) else 1


def run_step(step: Step) -> Outcome:
    """Run one step and print its line; its whole output comes first when it is not fine."""
    if sys.stdout.isatty():
        print(f"{step.name:<{NAME_WIDTH}} ...", end="\r", flush=True)
    started = time.monotonic()
    process = subprocess.run(
        [sys.executable, "-m", *step.arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    seconds = time.monotonic() - started
    outcome = judge(step, process.returncode, process.stdout)
    if not outcome.ok:
        print(process.stdout.rstrip())
    word = "ok" if outcome.ok else "FAILED"
    line = f"{step.name:<{NAME_WIDTH}} {word:<6} {seconds:6.1f} s  {outcome.closing_line}"
    print(line.rstrip(), flush=True)
    return outcome


def judge(step: Step, exit_code: int, output: str) -> Outcome:
    """Return how a step ended, from its exit code and output.

    A pytest step is fine only when it ran tests and skipped none: pytest itself forgives skipping.
    """
    if not step.is_pytest:
        return Outcome(exit_code == 0)
    summaries = [match[1] for line in output.splitlines() if (match := PYTEST_SUMMARY.match(line))]
    closing_line = summaries[-1] if summaries else "no summary"
    counts = {name.rstrip("s"): int(number) for number, name in COUNT.findall(closing_line)}
    ok = exit_code == 0 and counts.get("passed", 0) > 0 and counts.get("skipped", 0) == 0
    return Outcome(ok, closing_line, counts)


def verdict(outcomes: dict[str, Outcome]) -> str:
    """Return the last line: tests passed and failed in all steps, then go or NO-GO and where."""
    passed = sum(outcome.counts.get("passed", 0) for outcome in outcomes.values())
    failed = sum(
        outcome.counts.get(result, 0)
        for outcome in outcomes.values()
        for result in ("failed", "error", "skipped")
    )
    at_fault = [name for name, outcome in outcomes.items() if not outcome.ok]
    word = f"NO-GO ({', '.join(at_fault)})" if at_fault else "go"
    return f"tests: {passed} passed, {failed} failed - {word}"


if __name__ == "__main__":
    sys.exit(main())
