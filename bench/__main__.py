import argparse
import logging
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import django

import bench.environment  # noqa: F401 - before any setting is read

django.setup()

from django.db import connection  # noqa: E402

from bench import answers, overview, sealing  # noqa: E402

MEASUREMENTS = [answers, sealing, overview]  # the last one leaves a million signatures behind


@contextmanager
def fresh_database() -> Iterator[None]:
    """An empty one beside the real one, gone afterwards."""
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"bench_{name}"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="bench", description="Measures what the site promises of its speed."
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a first look")
    quick = parser.parse_args().quick
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore", "No directory at")  # no page is drawn, so nothing was collected
    began = time.monotonic()
    print("Measuring, in a database of its own", flush=True)
    with fresh_database():
        for measurement in MEASUREMENTS:
            print(measurement.measure(quick), flush=True)
    print(f"\nMeasured in {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
