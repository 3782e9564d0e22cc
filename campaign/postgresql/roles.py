"""The rights of the database role of web and worker: to read and write rows, and nothing else.

`migrate` (and so `restore`, which calls it) runs as another role, which owns the tables, and grants these rights again
each time. So an attacker who takes over the web server can't change tables, switch off triggers, run programs on the
database server, or rewrite append-only records. See docs/decisions/database-roles.md.
"""

from collections.abc import Sequence

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import Error, connection, transaction
from psycopg import sql

# Append-only tables: a trigger refuses UPDATE, and the role has no right to it. Some of their rows are deleted later.
# Left out are those whose trigger allows changes for a time: scheduled pledge texts, and updates in their first hour.
APPEND_ONLY = """
    SELECT relname, proname <> 'refuse_change_for_six_years' AND tgtype & 8 > 0 FROM pg_trigger
    JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE tgname = 'append_only' AND relnamespace = 'public'::regnamespace
    AND proname NOT IN ('refuse_change_once_published', 'reports_update_append_only')
"""
# Only the owner records which migrations were applied.
READ_ONLY = ("django_migrations",)


def grant(role: str) -> None:
    """Gives `role` its rights on all tables, in one transaction that does not disturb the running site."""
    with transaction.atomic(), connection.cursor() as cursor:

        def run(statement: str, table: str = "") -> None:
            names = {"role": sql.Identifier(role), "table": sql.Identifier(table)}
            names["database"] = sql.Identifier(connection.settings_dict["NAME"])
            cursor.execute(sql.SQL(statement).format(**names))

        run("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        run("REVOKE ALL ON DATABASE {database} FROM PUBLIC")
        run("GRANT CONNECT ON DATABASE {database} TO {role}")
        run("GRANT USAGE ON SCHEMA public TO {role}")
        run("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        run("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
        run("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        for table in READ_ONLY:
            run("REVOKE INSERT, UPDATE, DELETE ON {table} FROM {role}", table)
        cursor.execute(APPEND_ONLY)
        for table, is_never_deleted in cursor.fetchall():
            run("REVOKE UPDATE ON {table} FROM {role}", table)
            if is_never_deleted:
                run("REVOKE DELETE ON {table} FROM {role}", table)
            else:  # rows are locked before they are deleted, which takes the right to change some column
                run("GRANT UPDATE (id) ON {table} TO {role}", table)


def create(role: str) -> None:
    """Creates the role if it is missing, for the demo; on a server deploy/roles does it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if not cursor.fetchone():
            cursor.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))


def excess_rights() -> list[str]:
    """Returns which rights the role of this connection has that the web server must not have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, has_schema_privilege(current_user, 'public', 'CREATE'),"
            " EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND pg_has_role(current_user, relowner, 'USAGE')) FROM pg_roles WHERE rolname = current_user"
        )
        found = cursor.fetchone()
    may = ("do everything (superuser)", "make roles", "make tables", "change tables")
    return [what for what, is_so in zip(may, found, strict=True) if is_so]


@register(Tags.database, deploy=True)
def check_role(databases: Sequence[str] | None = None, **kwargs) -> list[CheckMessage]:
    try:
        may = excess_rights() if databases else []
    except Error:
        return []
    if not may:
        return []
    return [
        Warning(
            f"The database role of DATABASE_URL may {', '.join(may)}.",
            hint="Web and worker need a role that may only read and write rows: see deploy/roles.",
            id="campaign.W004",
        )
    ]
