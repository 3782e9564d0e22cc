"""The regions and nations of the UK, and the region of a postcode."""

import re

from django.db import models
from django.utils.translation import gettext_lazy as _


class Region(models.TextChoices):
    """The twelve regions and nations of the UK, and everywhere else."""

    NORTH_EAST = "north-east", _("North East")
    NORTH_WEST = "north-west", _("North West")
    YORKSHIRE = "yorkshire", _("Yorkshire and the Humber")
    EAST_MIDLANDS = "east-midlands", _("East Midlands")
    WEST_MIDLANDS = "west-midlands", _("West Midlands")
    EAST = "east", _("East of England")
    LONDON = "london", _("London")
    SOUTH_EAST = "south-east", _("South East")
    SOUTH_WEST = "south-west", _("South West")
    WALES = "wales", _("Wales")
    SCOTLAND = "scotland", _("Scotland")
    NORTHERN_IRELAND = "northern-ireland", _("Northern Ireland")
    ELSEWHERE = "elsewhere", _("Elsewhere")


# Postcode areas ("TS"), and the districts ("TS9") that mostly lie in another region than their area. These tables and
# the sectors below were checked against the ONS Postcode Directory of November 2025: 0.32 % of its live postcodes lie
# in another region than they say, where a border divides a sector. Source: Office for National Statistics, Open
# Government Licence v3.0. Contains OS data © Crown copyright and database right 2025. Contains Royal Mail data © Royal
# Mail copyright and database right 2025.
_PLACES: dict[Region, str] = {
    Region.NORTH_EAST: "DH DL NE SR TS TD15",
    Region.NORTH_WEST: "BB BL CA CH CW FY L LA M OL PR SK WA WN SY14",
    Region.YORKSHIRE: "BD DN HD HG HU HX LS S WF YO DL6 DL7 DL8 DL9 DL10 DL11 OL14 TS9",
    Region.EAST_MIDLANDS: """DE LE LN NG NN CV13 DN10 DN21 DN22 MK19 OX17 PE6 PE8 PE9 PE10 PE11 PE12 PE20 PE21 PE22
        PE23 PE24 PE25 S18 S21 S32 S33 S40 S41 S42 S43 S44 S45 S49 S80 S81 SK13 SK17 SK22 SK23""",
    Region.WEST_MIDLANDS: "B CV DY HR ST SY TF WR WS WV CW3 DE13 DE14 DE15",
    Region.EAST: """AL CB CM CO IP LU NR PE SG SS WD EN6 EN7 EN8 EN9 EN10 EN11 HP1 HP2 HP3 HP4 HP23 IG7 IG9
        IG10 MK40 MK41 MK42 MK43 MK44 MK45 RM4 RM15 RM16 RM17 RM18 RM19 RM20""",
    Region.LONDON: """BR CR E EC EN HA IG N NW RM SE SM SW TW UB W WC DA5 DA6 DA7 DA8 DA14 DA15 DA16 DA17 DA18
        KT1 KT2 KT3 KT4 KT5 KT6 KT9""",
    Region.SOUTH_EAST: """BN CT DA GU HP KT ME MK OX PO RG RH SL SO TN BH24 BH25 BR8 CR3 CR6 SM7 SN7 SP6 SP10 SP11
        TW15 TW16 TW17 TW18 TW19 TW20 UB9""",
    Region.SOUTH_WEST: "BA BH BS DT EX GL PL SN SP TA TQ TR",
    Region.WALES: "CF LD LL NP SA CH5 CH6 CH7 CH8 SY15 SY16 SY17 SY18 SY19 SY20 SY21 SY22 SY23 SY24 SY25",
    Region.SCOTLAND: "AB DD DG EH FK G HS IV KA KW KY ML PA PH TD ZE",
    Region.NORTHERN_IRELAND: "BT",
    Region.ELSEWHERE: "BF GY IM JE",  # British Forces, and the islands that are not in the UK
}
# Sectors (a district and the next digit) that mostly lie in another region than their district.
_SECTORS: dict[Region, str] = {
    Region.NORTH_EAST: "CA8 7",
    Region.NORTH_WEST: "CW3 0, ST7 2, ST7 3",
    Region.YORKSHIRE: "DN10 6, DN21 4, LA2 7, LA6 3, TS13 5, TS15 0",
    Region.EAST_MIDLANDS: "DN11 8, DN36 5, DN41 8",
    Region.WEST_MIDLANDS: "DE6 2, GL20 7, SK17 0",
    Region.EAST: "HA6 3, PE6 7, PE8 6",
    Region.LONDON: "DA1 4, IG7 4, TN16 3, UB9 6",
    Region.SOUTH_EAST: "BH23 8, DA5 2, KT4 7, KT6 5, LU7 0, MK19 7, OX17 1, OX17 3, SN6 8",
    Region.SOUTH_WEST: "BH24 2, NP16 7, SP11 9",
    Region.WALES: "CH4 0, HR3 5, SY10 0, SY13 3",
}
_REGIONS = {place: region for region, places in _PLACES.items() for place in places.split()}
_REGIONS |= {sector: region for region, sectors in _SECTORS.items() for sector in sectors.split(", ")}
AREAS = frozenset(filter(str.isalpha, _REGIONS))


def region_of(postcode: str) -> Region:
    """Returns the region of a normalised postcode like "SW1P 2HR": that of its sector, else its district, else its
    area.

    Wrong for 0.3 % of postcodes, which are in another region than most of their sector. KeyError for an unknown area.
    """
    sector, district = postcode[:-2], postcode.partition(" ")[0]
    area = re.sub("[0-9].*", "", district)
    return _REGIONS.get(sector) or _REGIONS.get(district) or _REGIONS[area]
