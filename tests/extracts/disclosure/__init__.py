"""Tests of the disclosure engine: one file per rule, the worked examples, and what must never pass."""
