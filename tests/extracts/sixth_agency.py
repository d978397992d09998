"""An agency that nobody foresaw, as the one file that it takes to add it. It is the example of the how-to page too."""

from __future__ import annotations

import re
from pathlib import Path

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-provider.md"

MENTAL_HEALTH = re.findall(r"```toml\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)[0]
