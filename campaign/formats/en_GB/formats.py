"""Times as on a railway board; everything else as Django writes British English."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
