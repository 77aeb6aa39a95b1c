"""Why a rule came to a Finding about a resident at an instant, or did not: the same engine, listened to."""
