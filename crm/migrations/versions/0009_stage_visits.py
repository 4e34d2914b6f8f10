"""pipelines: rules of pipelines and stages, how long records were in which stage, choices for the whole account"""

import json

import sqlalchemy as sa
from alembic import op

import crm.db

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

RECORD_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for name in ("forbids_skipping", "forbids_going_back", "locks_closed", "is_leaving"):
        op.add_column("pipeline", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("stage", sa.Column("color", sa.Text(), nullable=True))
    op.add_column("stage", sa.Column("required", sa.Text(), server_default="[]", nullable=False))
    op.add_column("stage", sa.Column("allows_creation", sa.Boolean(), server_default=sa.true(), nullable=False))
    to_stage = sa.ForeignKey("stage.id", name=op.f("fk_stage_moves_to_id"))
    op.add_column("stage", sa.Column("moves_to_id", sa.Integer(), to_stage, nullable=True), inline_references=True)
    op.create_table(
        "account_setting",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_account_setting")),
    )
    _make_visits()
    _fill_visits()


def _make_visits() -> None:
    op.create_table(
        "stage_visit",
        sa.Column("id", RECORD_ID, nullable=False),
        sa.Column("record_id", RECORD_ID, nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("entered_at", crm.db.UtcDateTime(), nullable=False),
        sa.Column("exited_at", crm.db.UtcDateTime(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user_account.id"], name=op.f("fk_stage_visit_actor_id")),
        sa.ForeignKeyConstraint(["record_id"], ["record.id"], name=op.f("fk_stage_visit_record_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_visit")),
    )
    op.create_index(op.f("ix_stage_visit_record"), "stage_visit", ["record_id", "entered_at"])
    still = sa.text("exited_at IS NULL")
    op.create_index(
        op.f("uq_stage_visit_open"),
        "stage_visit",
        ["record_id"],
        unique=True,
        sqlite_where=still,
        postgresql_where=still,
    )


def _fill_visits() -> None:
    """From the history of stages; of records that have none, from what they are in since they were made."""
    connection = op.get_bind()
    properties = connection.execute(sa.text("SELECT object_type, name, column_name, settings FROM property")).all()
    for object_type, name, column, settings in properties:
        if json.loads(settings).get("options_from") == "stage":
            values = {"object_type": object_type, "name": name}
            connection.execute(sa.text(FROM_HISTORY), values)
            connection.execute(_from_values(object_type, column), values)


FROM_HISTORY = """
INSERT INTO stage_visit (record_id, pipeline, stage, entered_at, exited_at, actor_id)
SELECT history.record_id,
       COALESCE((SELECT MIN(pipeline.name) FROM pipeline JOIN stage ON stage.pipeline_id = pipeline.id
                 WHERE pipeline.object_type = :object_type AND stage.name = history.new), ''),
       history.new,
       history.moment,
       LEAD(history.moment) OVER (PARTITION BY history.record_id ORDER BY history.version, history.id),
       history.actor_id
FROM property_history AS history
JOIN record ON record.id = history.record_id
WHERE record.object_type = :object_type AND history.property_name = :name AND history.new IS NOT NULL
"""


def _from_values(object_type: str, column: str) -> sa.Insert:
    bodies = sa.table(f"object_{object_type}", sa.column("record_id"), sa.column("created_at"), sa.column(column))
    visit = sa.table("stage_visit", *(sa.column(name) for name in ("record_id", "pipeline", "stage", "entered_at")))
    pipeline = sa.table("pipeline", sa.column("id"), sa.column("name"), sa.column("object_type"))
    stage = sa.table("stage", sa.column("pipeline_id"), sa.column("name"))
    of_stage = (
        sa.select(sa.func.min(pipeline.c.name))
        .where(
            stage.c.pipeline_id == pipeline.c.id,
            pipeline.c.object_type == sa.bindparam("object_type"),
            stage.c.name == bodies.c[column],
        )
        .scalar_subquery()
    )
    known = sa.select(visit.c.record_id).where(visit.c.record_id == bodies.c.record_id).correlate(bodies)
    found = sa.select(
        bodies.c.record_id, sa.func.coalesce(of_stage, ""), bodies.c[column], bodies.c.created_at
    ).where(bodies.c[column].is_not(None), sa.not_(known.exists()))
    return sa.insert(visit).from_select(["record_id", "pipeline", "stage", "entered_at"], found)


def downgrade() -> None:
    op.drop_table("stage_visit")
    op.drop_table("account_setting")
    for name in ("moves_to_id", "allows_creation", "required", "color"):
        op.drop_column("stage", name)
    for name in ("is_leaving", "locks_closed", "forbids_going_back", "forbids_skipping"):
        op.drop_column("pipeline", name)
