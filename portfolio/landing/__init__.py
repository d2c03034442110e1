"""Where interpreted rows touch the register: in batches, each with a fixed number of statements.

The actions in `portfolio.actions.imports` decide when and whether; here is how.
"""
