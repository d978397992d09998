"""What data exist, whose they are, how sensitive. CSV files in the repository, read by pure code."""
