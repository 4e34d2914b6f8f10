"""Formulas need no application, only their functions."""

from crm.properties.formulas import functions

if not len(functions):
    functions.load("crm.properties.formulas.functions")
