from reports.models.demands import Moved, Recommendation, Status, Update
from reports.models.images import ShareImage
from reports.models.sectors import Sector
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
