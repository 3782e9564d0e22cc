"""A WSGI application that only writes to the database of BARE_DATABASE, for comparison with signing and confirming.

/sign makes two INSERTs and a commit, /confirm one UPDATE and a commit.
"""

import os
import random
import threading

import psycopg

_thread = threading.local()
TABLES = """
CREATE TABLE bare_one (id bigserial PRIMARY KEY, key bytea UNIQUE, content text, done boolean NOT NULL DEFAULT false);
CREATE TABLE bare_two (id bigserial PRIMARY KEY, key bytea UNIQUE, content text);
"""
INSERTS = [f"INSERT INTO {table} (key, content) VALUES (%s, %s)" for table in ("bare_one", "bare_two")]  # noqa: S608
UPDATE = "UPDATE bare_one SET done = NOT done WHERE id = %s"
CONTENT = "x" * 200


def application(environ, start_response):
    environ["wsgi.input"].read()
    if not hasattr(_thread, "connection"):
        _thread.connection = psycopg.connect(os.environ["BARE_DATABASE"])
    if environ["PATH_INFO"] == "/sign":
        key = os.urandom(32)
        for statement in INSERTS:
            _thread.connection.execute(statement, [key, CONTENT])
    else:
        _thread.connection.execute(UPDATE, [random.randint(1, 100)])  # noqa: S311
    _thread.connection.commit()
    start_response("303 See Other", [("Location", "/"), ("Content-Length", "0")])
    return [b""]
