"""Enquiries: is a project feasible with these data? Asked before anybody writes an application."""
