import argparse
import logging
import os
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import django

import bench.environment  # noqa: F401 - before any setting is read

django.setup()

from django.db import connection  # noqa: E402

from bench import answers, emailing, large, lighthouse, overview, reading, sealing, surge, wagtail, writing, written  # noqa: E402

MEASUREMENTS = {
    "reading": reading,
    "writing": writing,
    "surge": surge,
    "wagtail": wagtail,
    "emailing": emailing,
    "answers": answers,
    "sealing": sealing,
    "overview": overview,
    "large": large,
}
ALONE = {"lighthouse": lighthouse}  # only runs if it is named; writes docs/lighthouse.md


@contextmanager
def fresh_database() -> Iterator[None]:
    """Uses an empty database beside the real one, which is deleted afterwards."""
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_{name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description="Measures what the site promises of its speed.")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a first look")
    parser.add_argument("only", nargs="*", choices=[*MEASUREMENTS, *ALONE, []], help="these alone; docs/bench.md stays")
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore", "No directory at")  # static files are not collected, because no page is rendered
    began = time.monotonic()
    busy, tables = os.getloadavg()[0], []
    print("Measuring, each in a database of its own", flush=True)
    for name in chosen.only or MEASUREMENTS:
        with fresh_database():
            tables.append((MEASUREMENTS | ALONE)[name].measure(chosen.quick))
            ran_on = written.machine()
        print(tables[-1], flush=True)
    print(written.summary([goal for table in tables for goal in table.goals]))
    print(f"\n{ran_on}.\nMeasured in {time.monotonic() - began:.0f} s.")
    if chosen.only == ["lighthouse"] and not chosen.quick:
        written.write(written.LIGHTHOUSE, tables, ran_on, busy)
    elif not (chosen.quick or chosen.only):
        written.write(written.BENCH, tables, ran_on, busy)


if __name__ == "__main__":
    main()
