"""Extracts does the work on data: builds, checks and delivers what governance has decided."""
