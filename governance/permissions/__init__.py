"""Giving and taking back roles of the service, and looking at a draft for a stated reason.

Who holds which role at a moment is `governance.people.grants`' to say. Grants on a project come with its team.
"""
