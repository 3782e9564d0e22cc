"""Commands that a key holder runs on their own computer, without settings and database.

Nothing in this folder may need the rest of the site; `manage.py` starts its commands without settings.
"""
