"""`make golden`: keep what the renditions are today."""

from tests.golden import GOLDEN

for golden in GOLDEN:
    golden.keep()
