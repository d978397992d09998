"""Who exists, which role they hold where, and whether their accreditation is good today."""
