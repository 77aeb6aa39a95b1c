"""The one grammar of stories and scenarios."""
