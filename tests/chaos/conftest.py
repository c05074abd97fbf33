"""One deployed stack, over which several storms go."""

from collections.abc import Iterator

import pytest

from dropscribe.local.assembly import Assembly
from tests.chaos import ground
from tests.chaos.ground import Ground


@pytest.fixture(scope="module")
def battered(assembly: Assembly, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A stack of its own: nobody else should have to live with what happens to it."""
    with ground.deployed(assembly, tmp_path_factory.mktemp("chaos")) as made:
        yield made
