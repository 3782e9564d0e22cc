"""“Did you mean …?”: the address that was probably meant, where a mail domain has a common slip in it.

By form alone and by a small table, without any look-up: the table of providers, slips in endings that are no ending
at all (".con"), and the edit distance of the name from those of the large mail services.
"""

from pledges.inputs.email_providers import DOMAINS

# What is typed for an ending, and is none: no top-level domain of these names exists.
_ENDINGS = {
    "com": "con cmo ocm comm coom ccom cpm cim vom xom comn conm c0m cxom",
    "net": "nte ent nett nrt neet",
    "org": "ogr rog orgg orh irg prg",
    "co.uk": "couk co.k cou.k oc.uk co.ukk",
    "uk": "ku uj ul ik yk iuk ukk",
}
_SLIPS = {f".{slip}": f".{ending}" for ending, slips in _ENDINGS.items() for slip in slips.split()}
# Endings that exist, but not with a large mail service in front.
_SLIPS_OF_SERVICES = {
    "co": "com",
    "cm": "com",
    "om": "com",
    "com.co": "com",
    "uk": "co.uk",
    "com.uk": "co.uk",
}
# Services with one domain the world over: whatever else stands behind their name is a slip.
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
_MISREMEMBERED = {"icould": "icloud"}  # often typed, and further from it than one letter
_NAMES = sorted({domain.partition(".")[0] for domain in DOMAINS})
# Real domains that are one letter away from a larger one.
_REAL = frozenset({"email.com", "cloud.com"})


def suggested_address(address: str) -> str:
    """The address probably meant by this one, a clean one; "" where nothing speaks against what was typed."""
    local, _at, domain = address.rpartition("@")
    mended = _mended(domain.lower())
    return f"{local}@{mended}" if mended != domain.lower() else ""


def _mended(domain: str) -> str:
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
    """The mail service whose name was typed, exactly or with a slip; "" where it is near none.

    The shorter a name, the more real ones lie around it: of four letters and fewer, none is guessed at.
    """
    if typed in _NAMES or typed in _MISREMEMBERED:
        return _MISREMEMBERED.get(typed, typed)
    # At two steps the lengths differ by two at most, and the letters that only one of them has are four at most.
    alike = [
        name
        for name in _NAMES
        if len(name) > 4 and abs(len(name) - len(typed)) <= 2 and len(set(name) ^ set(typed)) <= 4
    ]
    steps, name = min([(_distance(typed, name), name) for name in alike], default=(0, ""))
    return name if steps <= (1 if len(name) < 7 else 2) else ""


def _distance(one: str, other: str) -> int:
    """How many letters to put in, leave out, change or swap with their neighbour (optimal string alignment)."""
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
