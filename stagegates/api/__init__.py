"""Gates and the governance matrix in the API."""
"""Gate reviews, evidence, sign-offs and decisions in the API."""
