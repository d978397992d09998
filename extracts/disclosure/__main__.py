"""`python -m extracts.disclosure`: check outputs without a portal. `--help` of each command says more."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extracts.disclosure.case import BadCase, check_case
from extracts.disclosure.case_policy import preset
from extracts.disclosure.policy import PRESETS, SRS_10, BadPolicy, Policy

# What a shell reads of the verdict; 2 is argparse's own for what it cannot read.
EXIT = {"pass": 0, "fail": 1, "review": 3}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0 pass, 1 fail, 2 the description cannot be read, 3 review."""
    parser = argparse.ArgumentParser(prog="python -m extracts.disclosure", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check", help="check the files of a description")
    checking.add_argument("description", type=Path, help="a case: docs/reference/disclosure-case.schema.json")
    checking.add_argument("--policy", default="", help=f"a file, or one of {', '.join(PRESETS)}")
    checking.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    asked = parser.parse_args(arguments)
    try:
        found = check_case(_read(asked.description), asked.description.parent, policy=_policy(asked.policy))
    except (BadCase, BadPolicy) as error:
        print(f"This cannot be checked: {error}", file=sys.stderr)
        return 2
    print(json.dumps(found, indent=2, ensure_ascii=False) if asked.json else in_words(found))
    return EXIT[found["verdict"]]


def _read(path: Path) -> Any:
    """What a description holds. Raises BadCase."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadCase((f"{path} cannot be opened: {error.strerror}.",)) from None
    except ValueError:
        raise BadCase((f"{path} is not JSON.",)) from None


def _policy(said: str) -> Policy:
    """A policy by its name or from a file. Raises BadPolicy."""
    if not said:
        return SRS_10
    if said in PRESETS or not Path(said).is_file():
        return preset(said)
    try:
        return Policy.from_json(json.loads(Path(said).read_text(encoding="utf-8")))
    except ValueError as error:
        raise BadPolicy(f"{said} is not a policy: {error}.") from None


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
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
