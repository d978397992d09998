"""Link anybody's records: `python -m extracts.linkage link|train|evaluate ...`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from extracts.linkage.configuration import BadConfiguration, read_configuration
from extracts.linkage.encoded import make_comparable, read
from extracts.linkage.evaluate import BadTruth, evaluate
from extracts.linkage.link import Summary, link, model, prepare
from extracts.linkage.model import UnknownModel, as_json
from extracts.linkage.reading import BadRecords
from extracts.linkage.scoring import Progress, quiet

REFUSALS = (BadConfiguration, BadRecords, BadTruth, UnknownModel)


def main(arguments: list[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    commands = {"link": _link, "train": _train, "evaluate": _evaluate}
    try:
        commands[asked.command](asked)
    except REFUSALS as problem:
        print(f"{problem}.", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m extracts.linkage",
        description="Find the records of one person in files of records. See docs/how-to/link-your-own-data.md.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    linking = commands.add_parser("link", help="link files, and write record_id and person_id of every record")
    linking.add_argument("files", type=Path, nargs="+", metavar="FILE", help="CSV or Parquet")
    linking.add_argument("--out", type=Path, required=True, help="Parquet: record_id, person_id")
    linking.add_argument("--model", type=Path, help="a trained model; by default one is learnt from the files")
    training = commands.add_parser("train", help="learn a model from files, to link others with")
    training.add_argument("files", type=Path, nargs="+", metavar="FILE", help="CSV or Parquet")
    training.add_argument("--out", type=Path, required=True, help="JSON: the model; it holds no value of a record")
    training.add_argument("--name", default="trained")
    training.add_argument("--version", default="1")
    training.add_argument("--trained-on", default="", metavar="WORDS", help="what the files are, kept with the model")
    for one in (linking, training):
        one.add_argument("--config", type=Path, required=True, help="TOML: the id column, and what each column is")
        one.add_argument("--seed", type=int, default=1, help="of the random pairs (default 1)")
        one.add_argument("--quiet", action="store_true", help="no progress")
    measuring = commands.add_parser("evaluate", help="compare clusters with a truth")
    measuring.add_argument("clusters", type=Path, help="what `link` wrote")
    measuring.add_argument(
        "--truth", type=Path, required=True, help="record_id and person_id, or record_id_a and record_id_b"
    )
    for one in (linking, measuring):
        one.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


def _progress(asked: argparse.Namespace) -> Progress:
    if asked.quiet:
        return quiet
    return lambda what, share: print(f"{share:4.0%} {what}", file=sys.stderr)


def _link(asked: argparse.Namespace) -> None:
    if not asked.out.parent.is_dir():
        raise BadConfiguration(f"there is no folder {asked.out.parent} for --out")
    if asked.out.suffix.lower() == ".csv":
        raise BadConfiguration(f"what is written is Parquet: {asked.out.name} must not end in .csv")
    known = model(path=asked.model) if asked.model else None
    summary = link(
        asked.files, read_configuration(asked.config), out=asked.out, seed=asked.seed, progress=_progress(asked),
        known=known,
    )  # fmt: skip
    print(json.dumps(summary.as_json(), indent=1) if asked.json else _words(summary))


def _words(summary: Summary) -> str:
    seconds = ", ".join(f"{name} {value:.1f} s" for name, value in summary.seconds.items())
    return (
        f"{summary.records:,} records of {summary.persons:,} persons, from {summary.candidates:,} pairs compared.\n"
        f"{seconds}; at most {summary.peak_mib:,.0f} MiB."
    )


def _train(asked: argparse.Namespace) -> None:
    configuration = read_configuration(asked.config)
    with duckdb.connect(":memory:") as connection:
        form, _ = read(connection, asked.files, configuration, into="raw")
        make_comparable(connection, form, "raw", configuration, into="standard")
        learnt, _, _ = prepare(
            connection, "standard", into="prepared", members="members", known=None, mode=configuration.mode,
            seed=asked.seed, form=form,
        )  # fmt: skip
    named = replace(learnt, name=asked.name, version=asked.version, trained_on=asked.trained_on)
    asked.out.write_text(as_json(named), encoding="utf-8")
    print(f"{asked.out}: {len(named.comparisons)} comparisons.")


def _evaluate(asked: argparse.Namespace) -> None:
    found: dict[str, Any] = evaluate(asked.clusters, asked.truth)
    if asked.json:
        print(json.dumps(found, indent=1))
        return
    print(f"precision {found['precision']:.4f}, recall {found['recall']:.4f}, F1 {found['f1']:.4f}")
    print(f"{found['right_pairs']:,} right of {found['linked_pairs']:,} linked and {found['true_pairs']:,} true pairs")


if __name__ == "__main__":
    sys.exit(main())
