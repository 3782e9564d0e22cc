import re

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


# Beginnings of words, a "$" where the word ends there. Read from the top: whoever has retired or
# studies is that first, and "school nurse" is health before it is school.
_WORDS: dict[Profession, str] = {
    Profession.RETIRED: "retire pensioner$",
    Profession.STUDENT: "student$ undergrad postgrad phd$ apprentice$",
    Profession.HEALTH: """nurse$ nurses$ nursing$ doctor$ gp$ midwi health hospital$ medic medicine$ surgeon$
        paramedic ambulance$ pharma dentist$ dental$ physio therapist$ psycholog psychiatr psychother
        counsellor$ radiograph optometr optician$ anaesthet paediatric consultant~physician physician$ nhs$
        phlebotom dietit clinical$ clinician$ porter$""",
    Profession.HIGHER_EDUCATION: """universit lecturer$ professor$ academic$ college$ research
        higher~education tutor$""",
    Profession.SCHOOLS: """teach school nursery$ nurseries$ headteach head~of~year sen$ senco$ governor$
        education$
        classroom$ childmind early~years playworker$ preschool pupil""",
    Profession.SOCIAL_CARE: """social~work social~care care~work care~assistant$ care~home care~manager$
        carer$ support~worker$ youth~work foster safeguarding$ family~support""",
    Profession.POLICING: """police$ policing$ policem policew constable$ detective$ sergeant$ prison probation
        magistrate$ judge$ court~clerk$ pcso$""",
    Profession.HOUSING: "housing$ homeless hostel$ tenan",
    Profession.LAW: """solicitor$ barrister$ lawyer$ legal paralegal$ law$ caseworker$ case~worker$ advice$
        adviser$ advisor$ interpreter$ immigration~advi""",
    Profession.CHARITY: """charit union volunteer campaign fundrais priest$ vicar$ imam$ rabbi$ minister$
        chaplain$ pastor$ faith~leader$ ngo$ community~org clergy$""",
    Profession.PUBLIC_ADMINISTRATION: """council civil~serv public~serv local~government local~authorit
        jobcent
        job~cent work~coach benefits$ planning~officer$ librar registrar$ public~sector government$ policy$
        social~security""",
}
_GROUPS = {
    group: re.compile(r"\b(?:" + "|".join(words.replace("~", r"\s+").replace("$", r"\b").split()) + ")")
    for group, words in _WORDS.items()
}

# Offered while somebody types; anything else may be written.
SUGGESTIONS = [
    _("Ambulance worker"),
    _("Care worker"),
    _("Carer"),
    _("Charity worker"),
    _("Civil servant"),
    _("Council worker"),
    _("Counsellor"),
    _("Dentist"),
    _("Doctor"),
    _("Faith leader"),
    _("GP"),
    _("Headteacher"),
    _("Health visitor"),
    _("Healthcare assistant"),
    _("Housing officer"),
    _("Interpreter"),
    _("Job centre worker"),
    _("Lecturer"),
    _("Librarian"),
    _("Midwife"),
    _("Nurse"),
    _("Nursery worker"),
    _("Pharmacist"),
    _("Police officer"),
    _("Probation officer"),
    _("Researcher"),
    _("Retired"),
    _("School governor"),
    _("School support staff"),
    _("Social worker"),
    _("Solicitor or barrister"),
    _("Student"),
    _("Support worker"),
    _("Teacher"),
    _("Teaching assistant"),
    _("Union organiser"),
    _("Volunteer"),
    _("Youth worker"),
]


def profession_of(occupation: str) -> Profession:
    """The group that the words of an occupation point to; OTHER where none is known."""
    words = occupation.casefold()
    return next((group for group, found in _GROUPS.items() if found.search(words)), Profession.OTHER)
