"""The demonstration: a real portfolio, with invented people who look after some of it. Never in production."""
