"""Rows that follow from facts, kept for who reads many: how they are brought up to date (docs/recompute.md).

Facts change in the transaction of a deed, and triggers mark in the same transaction what changed (`KeptMark`). A
recompute takes the marks and writes only rows that are not what they should be, in one transaction: what dies in the
middle leaves both as they were. The nightly recompute compares all rows by the same statements.
"""
