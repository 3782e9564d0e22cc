"""“Did you mean …?”: suggests another address if the domain of an email address looks mistyped.

It compares only with tables, and asks no server: known mail providers, mistyped top-level domains that don't exist
(".con"), and the edit distance from the names of large mail services.
"""

from functools import lru_cache

from pledges.inputs.email_providers import DOMAINS

# Mistyped endings, of which none exists as a top-level domain.
_ENDINGS = {
    "com": "con cmo ocm comm coom ccom cpm cim vom xom comn conm c0m cxom",
    "net": "nte ent nett nrt neet",
    "org": "ogr rog orgg orh irg prg",
    "co.uk": "couk co.k cou.k oc.uk co.ukk",
    "uk": "ku uj ul ik yk iuk ukk",
}
_SLIPS = {f".{slip}": f".{ending}" for ending, slips in _ENDINGS.items() for slip in slips.split()}
# Endings that exist, but are mistyped after the name of a large mail service.
_SLIPS_OF_SERVICES = {"co": "com", "cm": "com", "om": "com", "com.co": "com", "uk": "co.uk", "com.uk": "co.uk"}
# Services with only one domain: any other ending is mistyped.
_ONE_ENDING = {
    "gmail": "com",
    "googlemail": "com",
    "icloud": "com",
    "btinternet": "com",
    "btopenworld": "com",
    "virginmedia": "com",
    "ntlworld": "com",
    "blueyonder": "co.uk",
}
_MISREMEMBERED = {"icould": "icloud"}  # often typed, and at an edit distance above the limit
_NAMES = sorted({domain.partition(".")[0] for domain in DOMAINS})
# Real domains that are one letter away from a larger one.
_REAL = frozenset({"email.com", "cloud.com"})


def suggested_address(address: str) -> str:
    """Returns the address that was probably meant by this valid one; "" if it looks right."""
    local, _at, domain = address.rpartition("@")
    corrected = _corrected(domain.lower())
    return f"{local}@{corrected}" if corrected != domain.lower() else ""


@lru_cache(maxsize=512)
def _corrected(domain: str) -> str:
    """Returns the domain that was probably meant; the same domain if none is known."""
    if domain in DOMAINS or domain in _REAL:
        return domain
    for slip, ending in _SLIPS.items():
        if domain.endswith(slip):
            domain = domain.removesuffix(slip) + ending
            break
    typed, _dot, ending = domain.partition(".")
    name = _service(typed)
    if name in _ONE_ENDING:
        ending = _ONE_ENDING[name]
    elif name and f"{name}.{ending}" not in DOMAINS:
        ending = _SLIPS_OF_SERVICES.get(ending, ending)
    return f"{name}.{ending}" if f"{name}.{ending}" in DOMAINS else domain


def _service(typed: str) -> str:
    """Returns the mail service whose name was typed, exactly or mistyped; "" if none is similar.

    Names of four letters or fewer are not corrected: too many real names are similar to them.
    """
    if typed in _NAMES or typed in _MISREMEMBERED:
        return _MISREMEMBERED.get(typed, typed)
    # A fast first selection: at distance two, lengths differ by two at most, and sets of letters by four at most.
    alike = [
        name
        for name in _NAMES
        if len(name) > 4 and abs(len(name) - len(typed)) <= 2 and len(set(name) ^ set(typed)) <= 4
    ]
    steps, name = min([(_distance(typed, name), name) for name in alike], default=(0, ""))
    return name if steps <= (1 if len(name) < 7 else 2) else ""


def _distance(one: str, other: str) -> int:
    """The edit distance: insertions, deletions, changes and swaps of neighbours (optimal string alignment)."""
    earlier: list[int] = []
    above = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, second in enumerate(other, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != second))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], second):
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        earlier, above = above, row
    return above[-1]
