"""Scorecards in five categories (DESIGN §7): of one initiative, and of the portfolio by bucket, unit and objective."""
