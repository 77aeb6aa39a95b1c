"""Several processes of one installation, as the compose file describes them."""
