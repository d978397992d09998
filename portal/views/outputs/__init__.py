"""Pages of output requests: the request itself, its files, and the checkers' decisions and release."""

from portal.views.outputs.checks import check, download, release
from portal.views.outputs.files import add_file, describe, file, remove_file
from portal.views.outputs.requests import detail, edit, index, new, submit, withdraw

__all__ = [
    "add_file", "check", "describe", "detail", "download", "edit", "file", "index", "new", "release", "remove_file",
    "submit", "withdraw",
]  # fmt: skip
