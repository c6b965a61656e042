/* SPDX-License-Identifier: EUPL-1.2 */
/* The town's own words in the portal: pages from DIR/tenants/NAME/pages/NAME.md (imprint,
 * privacy, accessibility …) and its arms. A page in another language has its suffix:
 * impressum.en.md, impressum.de-leicht.md; where it is missing the German one is shown. */
#pragma once

#include "core/engine.h"

extern const Engine PORTAL_ENGINE;

typedef struct TownPage {
    Str title;    /* from the first "# …", else from the head's "title:" */
    Str markdown; /* the rest, its headings one level up: a page's own h1 is the title */
} TownPage;

/* Take a page's file apart. */
TownPage town_page_parse(Arena *arena, Str text);
