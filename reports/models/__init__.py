from reports.models.demands import Moved, Recommendation, Sector, Status, Update
from reports.models.text import LANGUAGE, Arrangement, Body, Report, Term, Tone

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
