"""Run by Alembic: works on the connection that runner.py hands over, inside that caller's transaction."""

from alembic import context

from crm.migrations.ownership import expected, is_ours, is_ours_by_name

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=expected(connection.dialect),
    include_object=is_ours,
    include_name=is_ours_by_name,
    transactional_ddl=True,
    compare_type=True,
)

with context.begin_transaction():
    context.run_migrations()
