"""A project from draft to the panel's decision: the application, the boards that decide, and their decisions."""
