"""The forms of the pages: what a person may type, and what is said when it does not fit.

Nothing is decided here: a valid form only holds values of the right kind. Services decide.
"""
