"""`python -m extracts.disclosure`: check outputs without a portal. `--help` of each command says more."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from extracts.disclosure.audit import command as audit
from extracts.disclosure.case import BadCase, check_case, remember
from extracts.disclosure.case_schema import problems
from extracts.disclosure.case_sources import NoCases, cases_at
from extracts.disclosure.ledger.microdata import CannotRecompute
from extracts.disclosure.ledger.segment import LedgerDamaged
from extracts.disclosure.ledger.store import Ledger, UnknownRelease
from extracts.disclosure.policies import Policies, named
from extracts.disclosure.policy import PRESETS, BadPolicy, Policy
from extracts.disclosure.repair import command as protection

# What a shell reads of the verdict; 2 is argparse's own for what it cannot read.
EXIT = {"pass": 0, "fail": 1, "review": 3}
ORDER = (0, 3, 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 pass, 1 fail, 2 the description cannot be read, 3 review."""
    parser = argparse.ArgumentParser(prog="python -m extracts.disclosure", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check", help="check the files of a description")
    checking.add_argument(
        "description",
        type=Path,
        help="a case (docs/reference/disclosure-case.schema.json), a session's outputs.json, or a folder of ACRO's",
    )
    checking.add_argument("--policy", default="", help=f"a file, or one of {', '.join(PRESETS)}")
    checking.add_argument("--ledger", type=Path, help="folder that remembers what left before, to compare with")
    checking.add_argument("--repaired", type=Path, metavar="FOLDER", help="write the files of each repair there")
    checking.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    recording = commands.add_parser("record", help="remember the outputs of a description as a release, in a ledger")
    recording.add_argument("description", type=Path, help="as for check")
    recording.add_argument("--ledger", type=Path, required=True, help="folder of the ledger; made if it is not there")
    recording.add_argument("--release", type=_name, required=True, help="a name that no release in the ledger has")
    recording.add_argument("--project", default="", help="whose output it was")
    auditing = commands.add_parser("audit", help="what an intruder can work out of hidden and rounded cells")
    audit.add_arguments(auditing)
    protecting = commands.add_parser("protect", help="write a version of tables that is safe to publish, and its audit")
    protection.add_arguments(protecting)
    asked = parser.parse_args(arguments)
    return {"check": check, "record": record, "audit": audit.run, "protect": protection.run}[asked.command](asked)


def check(asked: argparse.Namespace) -> int:
    """Check a case, or each output in a folder of ACRO's, and print the answers."""
    try:
        ledger = Ledger.open(asked.ledger) if asked.ledger else None
        found = list(_answers(asked.description, named(asked.policy) if asked.policy else None, ledger, asked.repaired))
    except (BadCase, BadPolicy, NoCases, LedgerDamaged) as error:
        print(f"This cannot be checked: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"This cannot be checked: {_unusable(error)}", file=sys.stderr)
        return 2
    whole = found[0] if len(found) == 1 else found
    print(json.dumps(whole, indent=2, ensure_ascii=False) if asked.json else "\n\n".join(map(in_words, found)))
    return max((EXIT[answer["verdict"]] for answer in found), key=ORDER.index, default=EXIT["review"])


def record(asked: argparse.Namespace) -> int:
    """Remember the outputs of a description as one release."""
    try:
        source = cases_at(asked.description)
        ledger = Ledger.open(asked.ledger) if asked.ledger.is_dir() else Ledger.create(asked.ledger)
        number = sum(
            remember(case, source.folder, ledger, f"{asked.release}{suffix}", asked.project)
            for case, suffix in zip(source.cases, _suffixes(len(source.cases)), strict=True)
        )
    except (BadCase, NoCases, LedgerDamaged, UnknownRelease, CannotRecompute) as error:
        print(f"This cannot be recorded: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"This cannot be recorded: {_unusable(error)}", file=sys.stderr)
        return 2
    print(f"{number:,} tables are remembered as {asked.release}.")
    return 0


def _name(said: str) -> str:
    """A name with something in it. Raises ArgumentTypeError."""
    if not said.strip():
        raise argparse.ArgumentTypeError("a release needs a name")
    return said


def _unusable(error: OSError) -> str:
    """Why a file or folder cannot be used, in a sentence."""
    return f"{Path(error.filename or 'a file').name[:100]} cannot be used: {error.strerror}."


def _suffixes(number: int) -> list[str]:
    """What follows the name of a release, for each of its descriptions."""
    return [""] if number == 1 else [f".{place}" for place in range(1, number + 1)]


def _answers(
    path: Path, policies: Policies | None, ledger: Ledger | None, repaired: Path | None
) -> Iterator[dict[str, Any]]:
    """An answer to each case: the one of a description, or all of a session's list or of a folder of ACRO's."""
    source = cases_at(path)
    for suffix, case in zip(_suffixes(len(source.cases)), source.cases, strict=True):
        policy = chosen(policies, case) if policies else None
        folder = repaired / suffix.removeprefix(".") if repaired else None
        answer = check_case(case, source.folder, policy=policy, ledger=ledger, with_repairs=True, repaired=folder)
        yield {**answer, "notes": [*answer["notes"], *source.faults]}


def chosen(policies: Policies, case: Mapping[str, Any]) -> Policy:
    """The policy for the dataset and controllers that a case names. Raises BadCase and BadPolicy."""
    if found := problems(case):
        raise BadCase(found)
    context = case.get("context") or {}
    return policies.of(str(context.get("dataset") or ""), context.get("controllers") or ())


def in_words(found: dict[str, Any]) -> str:
    """An answer for a person at a terminal."""
    lines = [f"{found['verdict'].upper()} under {found['policy']} (version {found['policy_version']})"]
    for one in found["findings"]:
        place = ", ".join(f"{name} {label}" for name, label in one["key"].items()) or one["column"] or "the file"
        lines += [
            f"{one['verdict']:6} {one['file']}: {place}: {', '.join(one['rules'])}",
            f"       {one['explanation']}",
        ]
        lines += [f"       {text}" for text in (one["attack"], one["cure"]) if text]
    for one in found["implied"]:
        value = one.get("value", f"{one.get('low')} to {one.get('high')}")
        lines.append(f"implied {', '.join(f'{name} {label}' for name, label in one['key'].items())}: {value}")
    lines += [f"repair {one['kind']}: {one['summary']}" for one in found["repairs"]]
    lines += [f"note: {text}" for text in found["notes"]]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
