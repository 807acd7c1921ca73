#!/usr/bin/env python3
"""alembic_parity.py BIN FIXTURES: the service's own batch migrations of each of its tables, with Alembic, in databases that vidcv made or brought up
to date, one with the view of schema 6 among them. Afterwards vidcv reads and writes on, and Alembic proposes to drop nothing of vidcv's."""
import pathlib
import re
import sqlite3
import sys
import tempfile

from support import HERE, Vidcv, reference, require

ROOT = HERE.parent.parent
SERVICE = {"manifests": "description", "assets": "reference_image_url", "projects": "manifest_id", "scenes": "transition_notes",
           "scene_manifests": "asset_tags", "video_clips": "local_path", "asset_appearances": "timestamp_sec"}


def things(database):
    """Indexes by table, and what must not be there."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute("SELECT type, name, tbl_name FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    assert not [row for row in rows if row[0] in ("view", "trigger")], rows
    return sorted((table, name) for kind, name, table in rows if kind == "index")


def rows(database, table):
    with sqlite3.connect(database) as connection:
        return connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()


def check_batches(database):
    import sqlalchemy as sa
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    engine = sa.create_engine(f"sqlite:///{database}")
    before = things(database)
    for table, column in SERVICE.items():
        kept = rows(database, table)
        with engine.begin() as connection:
            operations = Operations(MigrationContext.configure(connection))
            with operations.batch_alter_table(table, recreate="always") as batch:
                batch.alter_column(column, existing_type=sa.Text(), nullable=True)
            with operations.batch_alter_table(table) as batch:
                batch.add_column(sa.Column("later", sa.Text()))
            with operations.batch_alter_table(table) as batch:
                batch.drop_column("later")
        assert rows(database, table) == kept, f"{database.name}: {table}"
    assert things(database) == before, database.name


def check_autogenerate(database, stage):
    """With the rule of docs/schema.md."""
    import sqlalchemy as sa
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from vidpipe_db import declare
    rule = re.search(r"^def include_name.*?(?=\n\n)", (ROOT / "docs/schema.md").read_text(), re.M | re.S)[0]
    names = {}
    exec(rule, names)
    base, _ = declare(stage)
    with sa.create_engine(f"sqlite:///{database}").connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": names["include_name"]})
        found = [d for d in compare_metadata(context, base.metadata) if "vidcv" in str(d)]
    assert not found, found


def main(programs, fixtures):
    require("alembic", "sqlalchemy", "numpy")
    vidcv, fixtures = Vidcv(programs), pathlib.Path(fixtures).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        databases = [folder / "own.db"]
        vidcv.run("migrate", databases[0])
        for stage in (8, 9, 13):
            databases.append(folder / f"stage-{stage}.db")
            reference(HERE / "vidpipe_db.py", "make", databases[-1], "--stage", stage, "--asset", f"BARS={fixtures}/bars.png", "--clip",
                      fixtures / "cuts-192f.mp4")
            vidcv.run("migrate", databases[-1])
        for dump in sorted((ROOT / "test/store/data").glob("*.sql")):
            databases.append(folder / dump.with_suffix(".db").name)
            with sqlite3.connect(databases[-1]) as connection:
                connection.executescript(dump.read_text())
            vidcv.run("migrate", databases[-1])
        for database in databases:
            check_batches(database)
            vidcv.run("migrate", "--check", database)
            vidcv.run("status", "--runs", 0, database, expect=None)
            vidcv.run("appear", "--list", "--db", database)
        check_autogenerate(folder / "stage-9.db", 9)
        with sqlite3.connect(folder / "own.db") as connection:
            connection.execute("DROP INDEX vidcv_scenes_scene")
        vidcv.run("status", folder / "own.db")
    print(f"{len(SERVICE)} tables of {len(databases)} databases go through Alembic's batch migrations")


main(*sys.argv[1:])
