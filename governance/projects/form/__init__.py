"""The application form as data. Each version is a folder of CSV files; nothing here knows of Django or of a project."""
