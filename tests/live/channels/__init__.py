"""The channels against real HTTP and SMTP servers."""
