/* SPDX-License-Identifier: EUPL-1.2 */
/* HtmlTrack: follows the static parts of a page template character by character, knows at
 * every moment in which context a value would land, writes the compacted text, and refuses
 * what would be wrong or unsafe: open tags, unquoted attributes, inline script and style.
 *
 * White space: a run becomes one space; next to a block element it vanishes. Inside <pre>
 * and <textarea> everything stays. */
#pragma once

#include "base/buf.h"
#include "base/err.h"

/* Where a value would land. */
typedef enum HtmlPlace {
    HTML_PLACE_TEXT,      /* between tags */
    HTML_PLACE_ATTR,      /* inside "…" */
    HTML_PLACE_URL,       /* at the beginning of a link */
    HTML_PLACE_URL_PART,  /* further inside a link */
    HTML_PLACE_TAG,       /* between attributes: no value may stand here */
    HTML_PLACE_FORBIDDEN, /* script, style, tag names, comments; `why` says which */
} HtmlPlace;

typedef enum HtmlMode {
    HTML_MODE_TEXT,
    HTML_MODE_TAG_START, /* after "<" */
    HTML_MODE_TAG_NAME,
    HTML_MODE_IN_TAG,
    HTML_MODE_TAG_SLASH, /* after "/" inside a tag */
    HTML_MODE_ATTR_NAME,
    HTML_MODE_ATTR_EQUALS,
    HTML_MODE_ATTR_VALUE,
    HTML_MODE_COMMENT,
    HTML_MODE_DECLARATION, /* <!doctype …> */
    HTML_MODE_RAW,         /* inside <script> or <style>: only "</" leads out */
} HtmlMode;

typedef enum HtmlAttr {
    HTML_ATTR_PLAIN,
    HTML_ATTR_URL,
    HTML_ATTR_NO_VALUE, /* srcdoc, style: a value inside would be a way in */
} HtmlAttr;

/* What must be the same at the end of every branch of a template. */
typedef struct HtmlState {
    HtmlMode mode;
    HtmlAttr attr;
    bool value_started; /* something stands in the attribute's value already */
    int tag_id;         /* tells one tag from another */
    int attr_id;        /* and one attribute's value */
    size_t depth;       /* open elements */
    bool pending_space; /* white space read and not yet written */
    bool after_block;   /* only a block tag or nothing before this place */
} HtmlState;

enum { HTML_DEPTH_MAX = 128, HTML_NAME_MAX = 64, HTML_TAG_ATTRS_MAX = 32 };

typedef struct HtmlElement {
    char name[HTML_NAME_MAX];
    int line;
    int column;
} HtmlElement;

typedef struct HtmlTrack {
    const char *file;
    HtmlState state;
    HtmlElement open[HTML_DEPTH_MAX];
    size_t floor; /* elements below were opened outside the present branch */
    Buf *out;     /* compacted static text */
    int last_id;
    int branches; /* open {% if %} and {% for %} */
    bool end_tag; /* the tag being read is </…> */
    bool has_src; /* <script src> */
    bool has_alt; /* <img alt> */
    int tag_line;
    int tag_column;
    char tag[HTML_NAME_MAX];
    char attr[HTML_NAME_MAX];
    char attrs[HTML_TAG_ATTRS_MAX][HTML_NAME_MAX]; /* of this tag, to find doubles */
    size_t attr_count;
    char value[16]; /* the beginning of the attribute's value, for links */
    size_t value_len;
    int line; /* of the character being fed */
    int column;
} HtmlTrack;

void html_start(HtmlTrack *html, const char *file, Buf *out);
/* One character of static text. */
bool html_feed(HtmlTrack *html, char c, Err *err);
/* A statement or value comes: settle what is pending so that the text before it is complete. */
void html_settle(HtmlTrack *html);
/* Where a value would land now; `why` is set for HTML_PLACE_FORBIDDEN. */
HtmlPlace html_place(const HtmlTrack *html, const char **why);
/* A value was written here. */
void html_value_written(HtmlTrack *html);
/* A statement stands here: completes a name that is being read. */
bool html_statement(HtmlTrack *html, Err *err);
/* Another branch begins where this one began. */
void html_return_to(HtmlTrack *html, const HtmlState *state);
/* Two ends of branches fit together? */
bool html_same(const HtmlState *a, const HtmlState *b);
/* The template ends: everything must be closed. */
bool html_finish(HtmlTrack *html, Err *err);
