"""What we claim about speed and cost, reproducible: `make bench`."""
