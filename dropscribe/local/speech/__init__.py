"""The speech-to-text API on this machine, with a real Whisper behind it.

Speaks the provider's two calls, ``POST /v1/stt/create`` and ``GET /v1/stt/{generation_id}``, so
that the deployed functions cannot tell the difference. Start it with
``python -m dropscribe.local.speech --port 4567 --api-key KEY``.
"""

import os

# NOTE: onnxruntime, which finds the speech in a recording, reports its use to its maker unless it
# is told not to before it is first imported; the model hub's client does likewise.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
