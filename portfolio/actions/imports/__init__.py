"""Bringing spreadsheets in: upload, columns, run, undo, and the value maps that imports read words by.

`actor` None stands for the operator at the shell, who may do all of it.
"""
