"""One append-only, hash-chained trail of everything that people and workers did. It names records, never links them."""
