"""Ops: the command line behind `./run`, the supervisor, the job runner, backups and migrations.

Words: instance (one county's folder), serve, work, backup, doctor, migration.
May import every room and `create_app`; nothing imports ops. Never: decide anything about findings.

The supervisor stays small: it imports nothing but this room and Python's own library.
"""
