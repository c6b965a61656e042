/* SPDX-License-Identifier: EUPL-1.2 */
/* What frame.html shows around every page. */
#pragma once

#include "core/page/out.h"

typedef struct FrameLink {
    Str path; /* within the town */
    Str label;
    bool active;
    const char *lang; /* of the label, where it differs from the page's; or NULL */
} FrameLink;

enum { FRAME_LINKS_MAX = 24 };

typedef struct FrameLinks {
    FrameLink items[FRAME_LINKS_MAX];
    size_t count;
} FrameLinks;

typedef struct FrameView {
    const PageFrame *page;
    Str title; /* of the window */
    Str town;
    Str official; /* the line above all: whose site this is */
    const char *html_lang;
    bool has_arms;
    Str colour; /* of the town, "#14532d", or STR_NONE */
    FrameLinks languages;
    FrameLinks navigation;
    FrameLinks account; /* mailbox, sign-in */
    FrameLinks footer;
    Str user;      /* who is signed in, or STR_NONE */
    Str user_path; /* of their own account, or STR_NONE */
    Str sign_out;  /* path that a POST signs out at, or STR_NONE */
    Str search;    /* path of the desk's search, or STR_NONE */
    Html content;
} FrameView;
