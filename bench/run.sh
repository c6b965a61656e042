#!/bin/bash
# SPDX-License-Identifier: EUPL-1.2
set -euo pipefail
cd "$(dirname "$0")/.."
exec node bench/run.mjs "$@"
