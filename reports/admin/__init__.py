"""Where staff write the report, and record what has happened since."""

from reports.admin import content, recommendations, updates
