"""How Gatehouse is started, tested and checked on one machine.

`environment` makes `.venv`; `demonstration` runs the whole portal under one supervisor;
`testing` runs the tests; `servers` lends a throwaway PostgreSQL and Redis to a command.
Nothing here decides or shows anything: a real installation runs the same programs with
its own service manager (docs/operations.md).
"""
