/* SPDX-License-Identifier: EUPL-1.2 */
/* Inside pay: what a charge's page shows of money that came and of the payer's mandate. */
#pragma once

#include "core/http/request.h"
#include "pay/bank.h"
#include "pay/mandate.h"

typedef struct PayerView {
    int64_t charge_id;
    BankItem *items; /* money for this charge */
    size_t item_count;
    Mandate *mandates; /* of who pays it */
    size_t mandate_count;
    bool living; /* one of them is not revoked */
    bool may_book;
} PayerView;

typedef struct MandateForm {
    Charge charge;
    Str holder, iban, bic, signed_on, email; /* as typed */
    Str error, error_field;
} MandateForm;

/* For the page of the charge. */
bool payer_view_load(Tx *tx, Request *req, const Charge *charge, PayerView *out, Err *err);

bool mandate_form_page(Request *req, Response *res, Err *err);
bool mandate_form_post(Request *req, Response *res, Err *err);
bool mandate_revoke_post(Request *req, Response *res, Err *err);
