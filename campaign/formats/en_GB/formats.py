"""Times in 24 hours. All other formats are those of Django for British English."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
