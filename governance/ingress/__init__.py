"""A project's own reference data and code on their way into its workspace: asked for, looked at by people, brought in.

It stands beside the outputs. What it decides, `extracts.ingress_tasks` does to the files.
"""
