"""The leadership dashboard: five figures in windows of 30, 60 and 90 days (DESIGN §6)."""
