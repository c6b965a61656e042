#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Makes the two fonts from the files of @kern-ux/native: Latin letters as German authorities
# write names (DIN 91379), without hinting: 26 kB each instead of 130 kB. Run by hand when the
# fonts change; needs libharfbuzz-bin and woff2 from Debian.
set -eu
cd "$(dirname "$0")"
from=../../node_modules/@kern-ux/native/dist/fonts/fira-sans
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
letters=U+0020-007E,U+00A0-024F,U+0259,U+0292,U+02BC,U+02C6,U+02DA,U+02DC,U+0300-0304
letters=$letters,U+0306-030C,U+0312,U+0323-0328,U+0331,U+1E00-1EFF,U+2010-2015,U+2018-201E
letters=$letters,U+2020,U+2022,U+2026,U+202F,U+2030,U+2039,U+203A,U+20AC,U+2190-2193,U+2212
letters=$letters,U+2264,U+2265,U+2713

subset() { # weight's name, weight's number
    cp "$from/FiraSans-$1.woff2" "$work/full.woff2"
    woff2_decompress "$work/full.woff2"
    hb-subset --font-file="$work/full.ttf" --output-file="$work/fira-sans-$2.ttf" --no-hinting \
        --unicodes="$letters" --layout-features=kern,liga,tnum,lnum,mark,mkmk,ccmp,locl
    woff2_compress "$work/fira-sans-$2.ttf"
    cp "$work/fira-sans-$2.woff2" .
}

subset Regular 400
subset SemiBold 600
