"""The Chromium that the browser tests drive: found on this machine, or installed where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess

from portal.starting.progress import step

NAMES = ("chromium", "chromium-browser", "google-chrome")


def found() -> str | None:
    """The browser that GATEHOUSE_CHROMIUM names, else the first on PATH."""
    chosen = os.environ.get("GATEHOUSE_CHROMIUM")
    for name in (chosen,) if chosen else NAMES:
        if path := shutil.which(name):
            return path
    return None


def installed() -> str | None:
    """The browser after installing Debian's, which needs root; None where that cannot be done."""
    if os.environ.get("GATEHOUSE_CHROMIUM") or os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with step("Installing Chromium for the browser tests"):
        for command in (["apt-get", "update"], ["apt-get", "install", "-y", "chromium"]):
            subprocess.run(command, env=quietly, capture_output=True)
    return found()


def why_not() -> str:
    """One sentence for the person who reads that the browser tests did not run."""
    if chosen := os.environ.get("GATEHOUSE_CHROMIUM"):
        return f"GATEHOUSE_CHROMIUM names {chosen}, which is not there."
    return "there is no Chromium on PATH. Install one (apt install chromium), or set GATEHOUSE_CHROMIUM to its path."
