"""The rosters: who has which turn, week by week."""
