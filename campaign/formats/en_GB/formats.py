"""24-hour times; everything else as Django writes British English."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
