"""The admin pages on which staff write the report and record updates."""

from reports.admin import content, recommendations, updates
