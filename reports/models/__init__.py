from reports.models.demands import Moved, Recommendation, Status, Update
from reports.models.text import LANGUAGE, Arrangement, Body, Report, Sector, Term, Tone

__all__ = [
    "LANGUAGE",
    "Arrangement",
    "Body",
    "Moved",
    "Recommendation",
    "Report",
    "Sector",
    "Status",
    "Term",
    "Tone",
    "Update",
]
