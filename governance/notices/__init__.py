"""What people are told: the outbox of changes, everybody's notices, and the messages that leave by e-mail."""
