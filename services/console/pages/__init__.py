"""The pages that people look at, made on the server."""
