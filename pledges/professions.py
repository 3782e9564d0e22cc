from django.db import models
from django.utils.translation import gettext_lazy as _


class Profession(models.TextChoices):
    """Groups of occupations: all that is kept of what somebody typed."""

    SCHOOLS = "schools", _("Schools and nurseries")
    HIGHER_EDUCATION = "higher-education", _("Colleges and universities")
    HEALTH = "health", _("Health")
    SOCIAL_CARE = "social-care", _("Social care and social work")
    POLICING = "policing", _("Police and justice")
    LAW = "law", _("Law and advice")
    PUBLIC_ADMINISTRATION = "public-administration", _("Councils, job centres and civil service")
    HOUSING = "housing", _("Housing and homelessness")
    CHARITY = "charity", _("Charities, unions and faith")
    STUDENT = "student", _("Students")
    RETIRED = "retired", _("Retired")
    OTHER = "other", _("Other work")
