"""Outputs that a project asks to take out: files, findings, two checkers, release."""
