"""Template tags: the GOV.UK components, our own components, and the actions that a person may take."""
