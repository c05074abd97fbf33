"""Dropscribe's command line and the embedded cloud it can start."""
