from django.core.management.base import BaseCommand, CommandParser

from reports import load_content


class Command(BaseCommand):
    help = "Creates the texts of the report that are missing, from reports/content/. Changes nothing that exists."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--diff", action="store_true", help="write nothing: print what is missing or differs")

    def handle(self, *args: object, diff: bool, **options: object) -> None:
        lines = load_content.load(dry_run=diff)
        if diff:
            lines = [line.replace("created", "missing", 1) for line in lines]
            self.stdout.write("\n".join(lines) if lines else "The report is as its files say.")
        else:
            created = sum(line.startswith("created") for line in lines)
            self.stdout.write(f"The report is loaded: {created} rows created, none changed.")
