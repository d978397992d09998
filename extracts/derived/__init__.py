"""Tables worked out from linked records, for questions that many projects ask. Pure: SQL over tables that are there."""
