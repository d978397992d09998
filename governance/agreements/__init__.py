"""The signed scope of a project: what may be extracted, until when."""
