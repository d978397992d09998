"""From source tables to an immutable release folder: declared types, surrogate keys, an order that says nothing.

Here live the parts that every release shares, and `publish` for datasets that come
linked. Linking several providers' deliveries into one release is `extracts.building`.
"""

from extracts.publishing.folder import AlreadyPublished, is_locked, lock, locked_at, put_in_place, verify
from extracts.publishing.publish import publish

__all__ = ["AlreadyPublished", "is_locked", "lock", "locked_at", "publish", "put_in_place", "verify"]
