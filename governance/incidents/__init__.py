"""The register of incidents and breaches: reported by anybody, assessed and followed up by research support.

It stands above projects, people and sanctions, because it links to them. Whoever is named in an incident reads nothing
of it.
"""
