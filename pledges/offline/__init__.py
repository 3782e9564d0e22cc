"""What a key holder runs on a computer of their own: no settings, no database, no network.

Nothing in here may import the rest of the site; `manage.py` starts its commands without settings.
"""
