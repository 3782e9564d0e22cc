"""What the site measures of itself: `make bench`, or in half a minute `make bench-quick`.

Differences and ratios within one run, over several rounds. Nothing here is asserted in a test: a slow machine
is no fault. Each module has `measure(quick) -> Table`.
"""
