"""The database tables of the report."""

from reports.models.content import LANGUAGE, Arrangement, Body, GlossaryTerm, Report, Tone
from reports.models.drafts import Draft
from reports.models.press import PressText, Reply
from reports.models.recommendations import NATIONS, MovedRecommendation, Recommendation, Status
from reports.models.sectors import Sector
from reports.models.updates import Update
