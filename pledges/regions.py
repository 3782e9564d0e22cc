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


# Postcode areas, and after them the districts of an area that mostly lie across a border. Areas
# follow the post's roads, not the map: of the rest, up to a few in a hundred land next door.
_PLACES: dict[Region, str] = {
    Region.NORTH_EAST: "DH DL NE SR TS TD15",
    Region.NORTH_WEST: "BB BL CA CH CW FY L LA M OL PR SK WA WN",
    Region.YORKSHIRE: "BD DN HD HG HU HX LS S WF YO DL6 DL7 DL8 DL9 DL10 DL11",
    Region.EAST_MIDLANDS: """DE LE LN NG NN DN21 DN22 PE9 PE10 PE11 PE12 PE20 PE21 PE22 PE23 PE24 PE25
        S18 S21 S40 S41 S42 S43 S44 S45 S80 S81 SK13 SK17 SK22 SK23""",
    Region.WEST_MIDLANDS: "B CV DY HR ST SY TF WR WS WV DE13 DE14 DE15",
    Region.EAST: """AL CB CM CO IP LU NR PE SG SS WD EN6 EN7 EN8 EN9 EN10 EN11 HP1 HP2 HP3 HP4 HP23
        IG7 IG10 MK40 MK41 MK42 MK43 MK44 MK45 RM15 RM16 RM17 RM18 RM19 RM20""",
    Region.LONDON: """BR CR E EC EN HA IG N NW RM SE SM SW TW UB W WC
        DA5 DA6 DA7 DA8 DA14 DA15 DA16 DA17 DA18 KT1 KT2 KT3 KT4 KT5 KT6 KT9""",
    Region.SOUTH_EAST: """BN CT DA GU HP KT ME MK OX PO RG RH SL SO TN CR3 CR6 SM7
        TW15 TW16 TW17 TW18 TW19 TW20 BH24""",
    Region.SOUTH_WEST: "BA BH BS DT EX GL PL SN SP TA TQ TR",
    Region.WALES: """CF LD LL NP SA CH5 CH6 CH7 CH8 SY15 SY16 SY17 SY18 SY19 SY20 SY21 SY22 SY23 SY24
        SY25""",
    Region.SCOTLAND: "AB DD DG EH FK G HS IV KA KW KY ML PA PH TD ZE",
    Region.NORTHERN_IRELAND: "BT",
    Region.ELSEWHERE: "BF GY IM JE",  # British Forces, and the islands that are not in the UK
}
_REGIONS = {place: region for region, places in _PLACES.items() for place in places.split()}
AREAS = frozenset(filter(str.isalpha, _REGIONS))


def region_of(postcode: str) -> Region:
    """The region of a postcode in its normal form, like "SW1P 2HR".

    Approximate by intent: it goes by the postcode's area, and by its district where an area is well
    known to straddle a border. KeyError for an area that there is not.
    """
    district, _inward = postcode.split()
    # Some London districts bear a letter at their end (SW1P), which no border needs.
    return _REGIONS.get(district) or _REGIONS[re.sub("[0-9].*", "", district)]
