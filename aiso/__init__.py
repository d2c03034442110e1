"""AI Scaling Office: the project, and what every app stands on."""
