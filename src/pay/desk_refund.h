/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what the page of refunds shows. */
#pragma once

#include "core/http/request.h"
#include "pay/refund.h"

typedef struct RefundPage {
    Overpaid *overpaid;
    size_t overpaid_count;
    Refund *proposed, *released, *ordered; /* the last: in a file, not seen on a statement */
    size_t proposed_count, released_count, ordered_count;
    bool *needs_second; /* of the proposed */
    bool *mine;         /* proposed by who looks, so that somebody else must release */
    int64_t released_cents;
    RefundRun *runs;
    size_t run_count;
    Refund **twice; /* of each run: what a discarded file has paid; NULL: nothing to warn of */
    bool may_book;
    Str error;
    int64_t error_charge; /* whose account was refused, or 0 */
    Str typed_name, typed_iban, typed_bic;
} RefundPage;

bool refund_page(Request *req, Response *res, Err *err);
bool refund_propose_post(Request *req, Response *res, Err *err);
bool refund_move_post(Request *req, Response *res, Err *err);
bool refund_release_post(Request *req, Response *res, Err *err);
bool refund_drop_post(Request *req, Response *res, Err *err);
bool refund_run_post(Request *req, Response *res, Err *err);
bool refund_back_post(Request *req, Response *res, Err *err);
bool refund_sent_post(Request *req, Response *res, Err *err);
bool refund_discard_post(Request *req, Response *res, Err *err);
bool refund_file(Request *req, Response *res, Err *err);
