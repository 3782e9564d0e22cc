"""Measures the speed of the site: `make bench`, or `make bench-quick`, which takes three minutes.

The figures are differences and ratios within one run, over several rounds. No test asserts them, because a slow machine
is not a fault. Each module has `measure(quick) -> Table`.
"""
