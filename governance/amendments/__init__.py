"""Changes of an approved project, as records of their own: each approver decides the delta and nothing else."""
