"""What people do with their standing, and what research support records of it.

The records are people's (`governance.people`); what is done with them stands here, above `act`, which asks their roles.
"""
