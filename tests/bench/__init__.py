"""Measures the product against a bare page, at two sizes of the register. `make bench` runs it."""
