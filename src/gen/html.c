/* SPDX-License-Identifier: EUPL-1.2 */
#include "gen/html.h"

#include <ctype.h>
#include <stdio.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static bool in_list(const char *name, const char *const *list)
{
    for (; *list; list++) {
        if (strcmp(name, *list) == 0)
            return true;
    }
    return false;
}

/* Elements that never have content (HTML, section 13.1.2). */
static bool is_void(const char *tag)
{
    static const char *const LIST[] = {"area",  "base", "br",   "col",    "embed", "hr",  "img",
                                       "input", "link", "meta", "source", "track", "wbr", NULL};
    return in_list(tag, LIST);
}

/* Elements next to which white space shows nothing. */
static bool is_block(const char *tag)
{
    static const char *const LIST[] = {
        "html",     "head",     "body",     "title",   "meta",     "link",       "script",
        "style",    "main",     "header",   "footer",  "nav",      "section",    "article",
        "aside",    "div",      "p",        "ul",      "ol",       "li",         "dl",
        "dt",       "dd",       "table",    "thead",   "tbody",    "tfoot",      "tr",
        "th",       "td",       "caption",  "col",     "colgroup", "form",       "fieldset",
        "legend",   "h1",       "h2",       "h3",      "h4",       "h5",         "h6",
        "option",   "optgroup", "datalist", "details", "summary",  "figure",     "figcaption",
        "hr",       "template", "br",       "dialog",  "search",   "blockquote", "address",
        "noscript", "path",     "g",        "circle",  "rect",     "line",       "polyline",
        "polygon",  NULL};
    return in_list(tag, LIST);
}

/* Children of <svg> that may close themselves. */
static bool is_svg_shape(const char *tag)
{
    static const char *const LIST[] = {"path",    "circle", "rect",    "line", "polyline",
                                       "polygon", "use",    "ellipse", NULL};
    return in_list(tag, LIST);
}

static HtmlAttr attr_kind(const char *name)
{
    static const char *const URLS[] = {"href",   "src",        "action",     "formaction", "poster",
                                       "cite",   "data",       "background", "manifest",   "ping",
                                       "srcset", "xlink:href", NULL};

    if (in_list(name, URLS))
        return HTML_ATTR_URL;
    return strcmp(name, "srcdoc") == 0 ? HTML_ATTR_NO_VALUE : HTML_ATTR_PLAIN;
}

static bool fail(const HtmlTrack *html, Err *err, const char *text, const char *name)
{
    return err_at(err, html->file, html->line, html->column, text, name);
}

void html_start(HtmlTrack *html, const char *file, Buf *out)
{
    *html = (HtmlTrack){.file = file, .out = out, .line = 1, .column = 1};
    html->state.after_block = true;
}

static bool inside_verbatim(const HtmlTrack *html)
{
    for (size_t i = html->state.depth; i > 0; i--) {
        const char *name = html->open[i - 1].name;
        if (strcmp(name, "pre") == 0 || strcmp(name, "textarea") == 0)
            return true;
    }
    return false;
}

void html_settle(HtmlTrack *html)
{
    bool in_tag = html->state.mode == HTML_MODE_IN_TAG; /* attributes bring their own space */

    if (html->state.pending_space && !html->state.after_block && !in_tag)
        buf_add_char(html->out, ' ');
    html->state.pending_space = false;
}

HtmlPlace html_place(const HtmlTrack *html, const char **why)
{
    *why = "";
    switch (html->state.mode) {
    case HTML_MODE_TEXT: return HTML_PLACE_TEXT;
    case HTML_MODE_ATTR_VALUE:
        if (html->state.attr == HTML_ATTR_PLAIN)
            return HTML_PLACE_ATTR;
        if (html->state.attr == HTML_ATTR_URL)
            return html->state.value_started ? HTML_PLACE_URL_PART : HTML_PLACE_URL;
        *why = "in this attribute";
        return HTML_PLACE_FORBIDDEN;
    case HTML_MODE_IN_TAG:
    case HTML_MODE_TAG_SLASH: *why = "between attributes"; return HTML_PLACE_TAG;
    case HTML_MODE_ATTR_NAME: *why = "in an attribute's name"; return HTML_PLACE_FORBIDDEN;
    case HTML_MODE_ATTR_EQUALS: *why = "without double quotes"; return HTML_PLACE_FORBIDDEN;
    case HTML_MODE_RAW: *why = "inside <script> or <style>"; return HTML_PLACE_FORBIDDEN;
    case HTML_MODE_COMMENT: *why = "inside a comment"; return HTML_PLACE_FORBIDDEN;
    default: *why = "in a tag's name"; return HTML_PLACE_FORBIDDEN;
    }
}

void html_value_written(HtmlTrack *html)
{
    html->state.value_started = true;
    html->state.after_block = false;
    html->value_len = sizeof html->value;
}

void html_return_to(HtmlTrack *html, const HtmlState *state)
{
    html->state = *state;
    if (!state->value_started)
        html->value_len = 0;
}

bool html_same(const HtmlState *a, const HtmlState *b)
{
    bool same = a->mode == b->mode && a->depth == b->depth;

    if (same && a->mode != HTML_MODE_TEXT)
        same = a->tag_id == b->tag_id;
    if (same && a->mode == HTML_MODE_ATTR_VALUE)
        same = a->attr_id == b->attr_id &&
               (a->attr != HTML_ATTR_URL || a->value_started == b->value_started);
    return same;
}

bool html_finish(HtmlTrack *html, Err *err)
{
    if (html->state.mode != HTML_MODE_TEXT)
        return fail(html, err, "the template ends inside a tag <%s …", html->tag);
    if (html->state.depth > 0) {
        const HtmlElement *element = &html->open[html->state.depth - 1];
        return err_at(err, html->file, element->line, element->column, "<%s> is never closed",
                      element->name);
    }
    return true;
}

/* --- Tags ---------------------------------------------------------------------------- */

static bool push(HtmlTrack *html, Err *err)
{
    if (html->state.depth == HTML_DEPTH_MAX)
        return fail(html, err, "elements are nested too deeply at <%s>", html->tag);
    HtmlElement *element = &html->open[html->state.depth++];
    memcpy(element->name, html->tag, sizeof element->name);
    element->line = html->tag_line;
    element->column = html->tag_column;
    return true;
}

static bool pop(HtmlTrack *html, Err *err)
{
    if (html->state.depth == 0)
        return fail(html, err, "</%s> closes nothing", html->tag);
    const HtmlElement *element = &html->open[html->state.depth - 1];
    if (strcmp(element->name, html->tag) != 0)
        return err_at(err, html->file, html->tag_line, html->tag_column,
                      "</%s> where </%s> is expected (line %d)", html->tag, element->name,
                      element->line);
    if (html->state.depth <= html->floor)
        return fail(html, err, "</%s> closes an element that was opened outside this block",
                    html->tag);
    html->state.depth--;
    return true;
}

/* The tag's name is complete: white space before it is settled now. */
static void write_tag_start(HtmlTrack *html)
{
    if (is_block(html->tag))
        html->state.pending_space = false;
    html_settle(html);
    buf_add_c(html->out, html->end_tag ? "</" : "<");
    buf_add_c(html->out, html->tag);
    html->state.tag_id = ++html->last_id;
    html->attr_count = 0;
    html->has_src = html->has_alt = false;
    html->state.mode = HTML_MODE_IN_TAG;
}

static bool tag_close(HtmlTrack *html, bool self_closing, Err *err)
{
    if (strcmp(html->tag, "img") == 0 && !html->has_alt)
        return fail(html, err, "<%s> needs alt=\"…\" (empty when it only decorates)", html->tag);
    html->state.pending_space = false;
    buf_add_c(html->out, self_closing ? "/>" : ">");
    html->state.mode = HTML_MODE_TEXT;
    html->state.after_block = is_block(html->tag);
    if (html->end_tag)
        return pop(html, err);
    if (self_closing && !is_svg_shape(html->tag))
        return fail(html, err, "<%s/> does not close itself in HTML", html->tag);
    if (self_closing || is_void(html->tag))
        return true;
    if (strcmp(html->tag, "style") == 0)
        return fail(html, err, "<%s> is blocked by the security policy: use web/styles", html->tag);
    if (strcmp(html->tag, "script") == 0) {
        if (!html->has_src)
            return fail(html, err, "inline <%s> is blocked by the security policy: use web/scripts",
                        html->tag);
        html->state.mode = HTML_MODE_RAW;
    }
    /* A browser drops a line break right after <textarea>: give it one to drop. */
    if (strcmp(html->tag, "textarea") == 0)
        buf_add_char(html->out, '\n');
    return push(html, err);
}

static bool attr_name_done(HtmlTrack *html, Err *err)
{
    const char *name = html->attr;

    if (name[0] == 'o' && name[1] == 'n')
        return fail(html, err,
                    "event handler %s is blocked by the security policy: use web/scripts", name);
    if (strcmp(name, "style") == 0)
        return fail(html, err, "attribute %s is blocked by the security policy: use a class", name);
    for (size_t i = 0; i < html->attr_count; i++) {
        /* Branches of an {% if %} may name the same attribute. */
        if (html->branches == 0 && strcmp(html->attrs[i], name) == 0)
            return fail(html, err, "attribute %s stands twice", name);
    }
    if (html->attr_count < HTML_TAG_ATTRS_MAX)
        memcpy(html->attrs[html->attr_count++], name, sizeof html->attrs[0]);
    html->has_src = html->has_src || strcmp(name, "src") == 0;
    html->has_alt = html->has_alt || strcmp(name, "alt") == 0;
    html->state.attr = attr_kind(name);
    return true;
}

static bool append_name(HtmlTrack *html, char *name, char c, Err *err)
{
    size_t length = strlen(name);

    if (length + 1 >= HTML_NAME_MAX)
        return fail(html, err, "name %s… is too long", name);
    name[length] = (char)tolower((unsigned char)c);
    name[length + 1] = '\0';
    return true;
}

static bool start_attr(HtmlTrack *html, char c, Err *err)
{
    html->attr[0] = '\0';
    if (html->end_tag)
        return fail(html, err, "</%s> takes no attributes", html->tag);
    if (!isalpha((unsigned char)c) && c != '_' && c != ':')
        return fail(html, err, "unexpected character in <%s>", html->tag);
    html->state.mode = HTML_MODE_ATTR_NAME;
    html->state.pending_space = false;
    buf_add_char(html->out, ' ');
    buf_add_char(html->out, c);
    return append_name(html, html->attr, c, err);
}

bool html_statement(HtmlTrack *html, Err *err)
{
    const char *why;

    if (html->state.mode == HTML_MODE_ATTR_NAME) {
        html->state.mode = HTML_MODE_IN_TAG;
        return attr_name_done(html, err);
    }
    if (html->state.mode == HTML_MODE_TAG_NAME)
        write_tag_start(html);
    if (html_place(html, &why) == HTML_PLACE_FORBIDDEN && html->state.mode != HTML_MODE_RAW)
        return fail(html, err, "no {%% … %%} %s", why);
    return true;
}

/* --- One character in each mode ------------------------------------------------------- */

static bool feed_text(HtmlTrack *html, char c)
{
    if (c == '<') {
        html->state.mode = HTML_MODE_TAG_START;
        html->tag_line = html->line;
        html->tag_column = html->column;
        html->tag[0] = '\0';
        html->end_tag = false;
    } else if (is_space(c) && !inside_verbatim(html)) {
        html->state.pending_space = true;
    } else {
        html_settle(html);
        buf_add_char(html->out, c);
        html->state.after_block = false;
    }
    return true;
}

static bool feed_tag_start(HtmlTrack *html, char c, Err *err)
{
    if (c == '!') {
        html->state.mode = HTML_MODE_DECLARATION;
        html->value_len = 0;
        return true;
    }
    if (c == '/' && !html->end_tag) {
        html->end_tag = true;
        return true;
    }
    if (!isalpha((unsigned char)c))
        return fail(html, err, "a bare \"<\" is written &lt;%s", "");
    html->state.mode = HTML_MODE_TAG_NAME;
    return append_name(html, html->tag, c, err);
}

static bool feed_in_tag(HtmlTrack *html, char c, Err *err)
{
    if (is_space(c)) {
        html->state.pending_space = true;
        return true;
    }
    if (c == '>')
        return tag_close(html, false, err);
    if (c == '/') {
        html->state.mode = HTML_MODE_TAG_SLASH;
        return true;
    }
    return start_attr(html, c, err);
}

static bool feed_tag_name(HtmlTrack *html, char c, Err *err)
{
    if (isalnum((unsigned char)c) || c == '-')
        return append_name(html, html->tag, c, err);
    write_tag_start(html);
    return feed_in_tag(html, c, err);
}

static bool feed_attr_name(HtmlTrack *html, char c, Err *err)
{
    if (isalnum((unsigned char)c) || c == '-' || c == '_' || c == ':') {
        buf_add_char(html->out, c);
        return append_name(html, html->attr, c, err);
    }
    if (!attr_name_done(html, err))
        return false;
    if (c != '=') {
        html->state.mode = HTML_MODE_IN_TAG;
        return feed_in_tag(html, c, err);
    }
    buf_add_char(html->out, c);
    html->state.mode = HTML_MODE_ATTR_EQUALS;
    return true;
}

static bool feed_attr_equals(HtmlTrack *html, char c, Err *err)
{
    if (c != '"')
        return fail(html, err, "the value of %s needs double quotes", html->attr);
    buf_add_char(html->out, c);
    html->state.mode = HTML_MODE_ATTR_VALUE;
    html->state.value_started = false;
    html->state.attr_id = ++html->last_id;
    html->value_len = 0;
    return true;
}

/* Links are checked where they begin: into the town's pages with url(), to files with
 * asset(), never to a script. */
static bool check_static_link(HtmlTrack *html, Err *err)
{
    Str begin = {html->value, html->value_len};

    if (html->state.attr != HTML_ATTR_URL)
        return true;
    if (begin.len == 1 && begin.ptr[0] == '/')
        return fail(html, err, "write %s=\"{{ url(\"/…\") }}\" so that the link stays in the town",
                    html->attr);
    Str lower = begin;
    char copy[sizeof html->value];
    for (size_t i = 0; i < lower.len; i++)
        copy[i] = (char)tolower((unsigned char)begin.ptr[i]);
    lower.ptr = copy;
    if (str_is(lower, "javascript:") || str_is(lower, "data:") || str_is(lower, "vbscript:"))
        return fail(html, err, "%s runs a script: use web/scripts", html->attr);
    return true;
}

static bool feed_attr_value(HtmlTrack *html, char c, Err *err)
{
    buf_add_char(html->out, c);
    if (c == '"') {
        html->state.mode = HTML_MODE_IN_TAG;
        html->state.pending_space = false;
        return true;
    }
    html->state.value_started = true;
    if (html->value_len < sizeof html->value) {
        html->value[html->value_len++] = c;
        return check_static_link(html, err);
    }
    return true;
}

/* <!doctype …> is kept, <!-- … --> is dropped. `value` holds the last characters. */
static bool feed_declaration(HtmlTrack *html, char c, Err *err)
{
    if (html->value_len < 2)
        html->value[html->value_len++] = c;
    if (html->value_len == 2 && memcmp(html->value, "--", 2) == 0) {
        html->state.mode = HTML_MODE_COMMENT;
        html->value_len = 0;
        return true;
    }
    if (html->value[0] == '-' && html->value_len == 2)
        return fail(html, err, "a comment begins with <!--%s", "");
    if (html->value_len == 1) {
        if (c != '-') {
            html_settle(html);
            buf_add_c(html->out, "<!");
            buf_add_char(html->out, c);
        }
        return true;
    }
    buf_add_char(html->out, c);
    if (c == '>') {
        html->state.mode = HTML_MODE_TEXT;
        html->state.after_block = true;
    }
    return true;
}

static bool feed_comment(HtmlTrack *html, char c)
{
    if (c == '-') {
        html->value_len = html->value_len < 2 ? html->value_len + 1 : 2;
    } else {
        if (c == '>' && html->value_len == 2)
            html->state.mode = HTML_MODE_TEXT;
        html->value_len = 0;
    }
    return true;
}

static bool feed_raw(HtmlTrack *html, char c, Err *err)
{
    if (c == '<')
        return feed_text(html, c);
    if (!is_space(c))
        return fail(html, err, "inline <%s> is blocked by the security policy: use web/scripts",
                    html->tag);
    return true;
}

static bool feed(HtmlTrack *html, char c, Err *err)
{
    switch (html->state.mode) {
    case HTML_MODE_TEXT: return feed_text(html, c);
    case HTML_MODE_TAG_START: return feed_tag_start(html, c, err);
    case HTML_MODE_TAG_NAME: return feed_tag_name(html, c, err);
    case HTML_MODE_IN_TAG: return feed_in_tag(html, c, err);
    case HTML_MODE_TAG_SLASH:
        if (c != '>')
            return fail(html, err, "\"/\" must stand before \">\" in <%s>", html->tag);
        return tag_close(html, true, err);
    case HTML_MODE_ATTR_NAME: return feed_attr_name(html, c, err);
    case HTML_MODE_ATTR_EQUALS: return feed_attr_equals(html, c, err);
    case HTML_MODE_ATTR_VALUE: return feed_attr_value(html, c, err);
    case HTML_MODE_COMMENT: return feed_comment(html, c);
    case HTML_MODE_DECLARATION: return feed_declaration(html, c, err);
    case HTML_MODE_RAW: return feed_raw(html, c, err);
    }
    return true;
}

bool html_feed(HtmlTrack *html, char c, Err *err)
{
    if (!feed(html, c, err))
        return false;
    if (c == '\n') {
        html->line++;
        html->column = 1;
    } else {
        html->column++;
    }
    return true;
}
