"""Gates, the governance matrix, reviews, evidence, sign-offs and decisions in the API."""
