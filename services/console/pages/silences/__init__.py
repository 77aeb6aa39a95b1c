"""The pages of silences: what is silenced now and who is away, and silencing a home."""
