from reports.models.demands import Moved, Recommendation, Sector, Status, Update
from reports.models.images import ShareImage
from reports.models.text import LANGUAGE, Arrangement, Body, Report, Term, Tone

__all__ = [
    "LANGUAGE",
    "Arrangement",
    "Body",
    "Moved",
    "Recommendation",
    "Report",
    "Sector",
    "ShareImage",
    "Status",
    "Term",
    "Tone",
    "Update",
]
