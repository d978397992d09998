"""The pages, a file for each part of the site.

A view reads top to bottom: get, check, call one service, go somewhere.
"""
