"""Stories beside rulebooks: read, played, judged, and what they say when they fail."""
