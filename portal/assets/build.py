"""Build portal/static/govuk from GOV.UK Frontend, and the examples that the components are tested on.

    python portal/assets/build.py            write the files
    python portal/assets/build.py --check    compare instead, and fail when one differs

Needs Node and npm (versions are pinned in package-lock.json); the portal itself needs neither. The
restricted GDS Transport font, the crown and the crest are left out. Nothing else is taken from the
package: its styles, its script, its examples.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PORTAL = HERE.parent
STATIC = PORTAL / "static" / "govuk"
FIXTURES = PORTAL.parent / "tests" / "portal" / "fixtures"

CHARSET = '@charset "UTF-8";\n'  # has to be the first thing in a style sheet

# The components that portal/templates/components renders.
COMPONENTS = (
    "accordion", "back-link", "breadcrumbs", "button", "character-count", "checkboxes", "date-input", "details",
    "error-message", "error-summary", "fieldset", "file-upload", "footer", "hint", "input", "inset-text", "label",
    "notification-banner", "pagination", "panel", "phase-banner", "radios", "select", "service-navigation",
    "skip-link", "summary-list", "table", "tabs", "tag", "task-list", "textarea", "warning-text",
)  # fmt: skip


def install(folder: Path) -> Path:
    """Put the pinned packages into `folder` and return the one of GOV.UK Frontend."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return folder / "node_modules" / "govuk-frontend"


def built(folder: Path) -> dict[Path, str]:
    """Every file to write, with its text."""
    package = install(folder)
    distributed = package / "dist" / "govuk"
    licence = (HERE / "LICENSE-govuk-frontend.txt").read_text()
    files = {
        STATIC / "gatehouse.css": CHARSET + built_from() + with_notice(licence, styles(folder)),
        STATIC / "govuk-frontend.min.js": with_notice(licence, script(distributed / "govuk-frontend.min.js")),
        STATIC / "LICENSE.txt": licence,
        FIXTURES / "LICENSE.txt": licence,
    }
    for name in COMPONENTS:
        examples = json.loads((distributed / "components" / name / "fixtures.json").read_text())["fixtures"]
        files[FIXTURES / f"{name}.json"] = compact(examples)
    return files


def built_from() -> str:
    """A comment that names what the style sheet was made of, by which a test sees that it was made anew."""
    sources = [HERE / "gatehouse.scss", *sorted((HERE / "gatehouse").glob("*.scss")), HERE / "package-lock.json"]
    return f"/*! Built from {hashlib.sha256(b''.join(source.read_bytes() for source in sources)).hexdigest()} */\n"


def with_notice(licence: str, text: str) -> str:
    """The text with the licence before it, as a comment that minifiers keep."""
    return f"/*! GOV.UK Frontend\n{licence}*/\n{text}"


def styles(folder: Path) -> str:
    """The compiled style sheet: the design system's and our own."""
    command = ["npx", "--no-install", "sass", "--style=compressed", "--no-source-map", "--no-charset", "--quiet-deps",
               f"--load-path={folder / 'node_modules'}", str(HERE / "gatehouse.scss")]  # fmt: skip
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def script(path: Path) -> str:
    """The module without the address of its source map, which is not kept."""
    return re.sub(r"\n?//# sourceMappingURL=.*\n?", "\n", path.read_text())


def compact(examples: list[dict[str, object]]) -> str:
    """Examples as JSON, one a line: name, options, and the HTML with its white space closed up."""
    rows = (
        {"name": example["name"], "options": example["options"], "html": re.sub(r"\s+", " ", str(example["html"]))}
        for example in examples
    )
    return "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the files kept; change nothing")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = built(Path(folder))
    changed = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
    for path in changed:
        print("differs" if arguments.check else "written", path.relative_to(PORTAL.parent))
        if not arguments.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path])
    return 1 if arguments.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
