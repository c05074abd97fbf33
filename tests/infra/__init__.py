"""Tests of what is deployed. `infra` comes first: it chooses the Node.js that the CDK starts on."""

import infra as infra
