"""The ledger: populations as sets, and what released cells give away together."""
