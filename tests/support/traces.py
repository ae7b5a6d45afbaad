"""Looking for traces of somebody in every table that the database has, mapped or not."""

import json

import psycopg
from psycopg import sql


def traces(database_url: str, *words: str) -> dict[str, list[str]]:
    """Return which of the words stand in which column; bytes are searched as text, too."""
    found: dict[str, list[str]] = {}
    with psycopg.connect(database_url, autocommit=True) as connection:
        columns = connection.execute("""
            SELECT table_schema, table_name, column_name, data_type
            FROM information_schema.columns JOIN information_schema.tables
                 USING (table_schema, table_name)
            WHERE table_type = 'BASE TABLE'
                  AND table_schema NOT IN ('pg_catalog', 'information_schema')
            """).fetchall()
        assert len(columns) > 50
        for schema, table, column, data_type in columns:
            searched = sql.SQL("encode({}, 'escape')" if data_type == "bytea" else "{}::text")
            statement = sql.SQL("SELECT 1 FROM {} WHERE position(%s IN {}) > 0 LIMIT 1").format(
                sql.Identifier(schema, table), searched.format(sql.Identifier(column))
            )
            for word in words:
                # As it stands, and as JSON has it.
                for form in {word, json.dumps(word)[1:-1]}:
                    if connection.execute(statement, [form]).fetchone():
                        found.setdefault(f"{table}.{column}", []).append(word)
    return found
