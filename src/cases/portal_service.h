/* SPDX-License-Identifier: EUPL-1.2 */
/* What the pages about services show. */
#pragma once

#include "cases/portal.h"

typedef struct ServiceView {
    Str name, summary, path;
} ServiceView;

typedef struct TopicView {
    Str name;
    size_t count;
} TopicView;

typedef struct ServicesView {
    Str title;
    Str words; /* of the search, or STR_NONE */
    ServiceView *items;
    size_t count, capacity;
    TopicView *topics;
    size_t topic_count;
    ServiceView *looks; /* what other engines show to everybody */
    size_t look_count;
} ServicesView;

typedef struct ContactView {
    Str name, place, phone, phone_link, email, email_link;
} ContactView;

typedef struct ProcedureView {
    Str service, service_path;
    Str name;
    Html summary, who, cost, duration;
    const Html *needs, *legal;
    size_t need_count, legal_count;
    Str begin, button;
    const ContactView *contacts;
    size_t contact_count;
} ProcedureView;
