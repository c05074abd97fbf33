"""Captions held to a broadcaster's rules, by parsers and a checker that know nothing of ours."""
