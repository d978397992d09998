"""Telling people: who is told what of which change, warnings before something ends, reminders, and sending mail.

It stands here and not in governance because it knows the records of every room, those of `extracts` too.
"""
