"""Tables, sealed: Parquet's own encryption (AES_GCM_V1, one random 256-bit key for footer and all columns).

The file's key is wrapped as that of any other sealed file and lies in the key metadata of its footer, in the form of
Parquet's key tools. pyarrow reads such files, and so does whatever reads through pyarrow. DuckDB 2.0 reads them by
itself too, within limits that were found by trying: no prefix to the associated data (so a file's name is bound through
its wrapped key), one page to a column of a row group, and no filter pushed into the scan.
"""

from __future__ import annotations

import base64

from pyarrow.parquet import encryption

from extracts.atrest.container import wrapped

# One key, not wrapped twice, of 256 bits: Parquet's defaults are two steps and 128.
SETTINGS = encryption.EncryptionConfiguration(
    footer_key="workspace",
    uniform_encryption=True,
    encryption_algorithm="AES_GCM_V1",
    plaintext_footer=False,
    double_wrapping=False,
    data_key_length_bits=256,
)


ONE_PAGE = 1 << 30
# What a ParquetWriter is told besides, for DuckDB's sake: a row group is a batch, and has one page to a column.
PAGES = {"data_page_size": ONE_PAGE, "max_rows_per_page": ONE_PAGE}


class _Wrapping(encryption.KmsClient):  # type: ignore[misc]
    """What pyarrow asks to wrap the key that it made for a file."""

    def __init__(self, name: str, workspace_key: bytes) -> None:
        super().__init__()
        self._name, self._workspace_key = name, workspace_key

    def wrap_key(self, key_bytes: bytes, master_key_identifier: str) -> str:
        return base64.b64encode(wrapped(key_bytes, self._name, self._workspace_key)).decode()


def encryption_of(name: str, workspace_key: bytes) -> object:
    """What to give a ParquetWriter as `encryption_properties`: a new key, for one file of this name."""
    factory = encryption.CryptoFactory(lambda _: _Wrapping(name, workspace_key))
    return factory.file_encryption_properties(encryption.KmsConnectionConfig(), SETTINGS)
