"""The disclosure engine: reads the files that a project wants to take out and says what they could reveal.

It takes files, a description and a policy, and gives a report; it knows no model, no page and no
project. `check.py` is the way in. Who may release what is decided in `governance/outputs/`.
"""
