"""The audit log: who did what to accounts, rights and sessions. Rows are added here and nowhere changed or deleted;
the database itself refuses it by triggers.
"""
