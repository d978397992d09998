"""The key ring: secrets apart from the database, in a folder of their own or in HashiCorp Vault.

Only workers open it. `ring` derives keys and knows no storage, `folder` and `vault` keep the secrets. Nothing here is
logged, and no message or repr holds a secret. Losing the ring means that no extract can be continued under its old
pseudonyms, no dataset under its old surrogates, and no workspace be read.
"""

from extracts.keys.folder import open_key_ring, write_public_half
from extracts.keys.ring import BadKeyRing, Destroyed, Keeper, KeyDestroyed, KeyRing
from extracts.keys.vault import Place, open_vault_ring

__all__ = [
    "BadKeyRing",
    "Destroyed",
    "Keeper",
    "KeyDestroyed",
    "KeyRing",
    "Place",
    "open_key_ring",
    "open_vault_ring",
    "write_public_half",
]
