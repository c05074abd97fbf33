"""The application: what happens to a recording between its upload and its transcript."""
