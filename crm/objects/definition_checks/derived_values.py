"""A value that follows from others never follows from itself, and stays of the type it is (SPEC 2.3)."""

from crm.derived.defining import definition_errors
from crm.objects.registry import DefinitionCheck, definition_checks

definition_checks.register(DefinitionCheck("derived_values", definition_errors))
