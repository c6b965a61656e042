/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what the pages of payments show. */
#pragma once

#include "core/http/request.h"
#include "core/page/out.h"
#include "core/page/parts.h"
#include "pay/bank_propose.h"

enum { SPLIT_ROWS = 5 };

typedef struct OpenItem { /* a payment that waits, with what it may be for */
    BankItem item;
    Proposal *proposals;
    size_t proposal_count;
    int64_t seen; /* the last booking of it, which forms bring back */
} OpenItem;

typedef struct BankList {
    OpenItem *items;
    size_t count;
    int64_t total;
    int64_t next; /* id below which the next page begins; 0: none */
    bool may_book;
    int64_t error_item; /* the item whose assignment was refused, or 0 */
    Str error;
    Str typed;
    int64_t booked; /* the item that was just booked, or 0 */
} BankList;

typedef struct ItemLine { /* where money of a payment went */
    Str label;
    int64_t charge_id; /* 0: none */
    Str payment_reference, debtor;
    int64_t cents;
} ItemLine;

typedef struct ItemSheet {
    OpenItem open;
    ItemLine *lines;
    size_t count;
    bool may_book;
    Str error;
    Str typed_references[SPLIT_ROWS], typed_amounts[SPLIT_ROWS];
    Str reason;     /* why it came back, in words; or STR_NONE */
    BankItem taken; /* the item that it takes back; id 0: none */
} ItemSheet;

/* desk_items.c */
bool open_page(Request *req, Response *res, Err *err);
bool assign_post(Request *req, Response *res, Err *err);
bool item_page(Request *req, Response *res, Err *err);
bool item_book_post(Request *req, Response *res, Err *err);
bool item_split_post(Request *req, Response *res, Err *err);
bool item_undo_post(Request *req, Response *res, Err *err);

/* What the treasury's pages share. */
bool money_may_book(const Request *req);
int64_t money_query_id(const Request *req, const char *name);
bool money_param_id(const Request *req, int64_t *id, Err *err);
/* A field of medium width, named as its id. */
FieldView money_field(const char *id, const char *label, const char *hint, Str value);
bool money_send(Request *req, Response *res, const char *title, Out *out);
/* A day as people type it, "1.3.2027" or "2027-03-01"; absent when it is none. */
Date money_day(Str text);
/* "1.3.2027", as it stands in a field. */
Str money_day_text(Arena *arena, Date day);
/* The digits of a Kassenzeichen as people copy it, with spaces, dots and slashes. */
Str money_digits(Arena *arena, Str text);
/* An amount in euros as a German types it: "96", "1.234,50". False when it is none or 0. */
bool money_parse(Str text, int64_t *cents);
