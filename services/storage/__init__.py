"""Tables, repositories and transactions: the house's memory on SQLite and PostgreSQL."""
