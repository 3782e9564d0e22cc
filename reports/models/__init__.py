from reports.models.content import LANGUAGE, Arrangement, Body, GlossaryTerm, Report, Tone
from reports.models.images import ShareImage
from reports.models.recommendations import NATIONS, MovedRecommendation, Recommendation, Status, Update
from reports.models.sectors import Sector

__all__ = [
    "LANGUAGE",
    "NATIONS",
    "Arrangement",
    "Body",
    "GlossaryTerm",
    "MovedRecommendation",
    "Recommendation",
    "Report",
    "Sector",
    "ShareImage",
    "Status",
    "Tone",
    "Update",
]
