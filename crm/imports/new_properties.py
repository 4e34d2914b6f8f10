"""Making the properties that columns ask for, and aiming the columns at them (--create-properties)."""
from dataclasses import replace

from crm.db import unit_of_work
from crm.imports.findings import Code, Finding
from crm.imports.matching import How, Target
from crm.imports.plan import ColumnPlan, Plan
from crm.messages import InvalidValue
from crm.objects.properties import create_property
from crm.objects.queries import schema


def create_new_properties(plan: Plan) -> Plan:
    """Create what `plan.new_properties` names, in a unit of its own; the plan whose columns use them.

    A property that cannot be made becomes a finding of its column.
    """
    if not plan.new_properties:
        return plan
    wanted = {new.index: new for new in plan.new_properties}
    group = next(iter(plan.object_type.properties.values())).group
    columns: list[ColumnPlan] = []
    with unit_of_work():
        for one in plan.columns:
            new = wanted.get(one.column.index)
            if new is None:
                columns.append(one)
                continue
            try:
                made = create_property(plan.object_type.name, new.label, new.type, group)
            except InvalidValue as error:
                finding = Finding(Code.PROPERTY, error.message, one.column.name)
                columns.append(replace(one, finding=finding))
                continue
            columns.append(replace(one, target=Target(made.name, How.NEW), finding=None))
        object_type = schema().object_type(plan.object_type.name)
    return replace(plan, columns=tuple(columns), new_properties=(), object_type=object_type)
