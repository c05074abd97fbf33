"""What throughput is compared with: the same calls in the same order, and no ledger."""
