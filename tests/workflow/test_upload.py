"""A recording that goes to the speech API by upload, from the deployed stack."""

from tests.conftest import SAMPLE
from tests.scripted_api import ScriptedApi
from tests.stack import Stack

SPEECH = SAMPLE.read_bytes()


def test_a_key_with_dots_is_uploaded(stack: Stack, api: ScriptedApi) -> None:
    """The function may read the very version, and the bundle has all that streaming needs."""
    row = stack.wait(stack.put(SPEECH, "calls/../São.wav"))
    assert (row["status"], row["sent_by"]) == ("COMPLETED", "upload")
    (create,) = api.creates
    assert create.upload
    assert create.upload.body == SPEECH
