/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/test.h"
#include "core/crypto.h"

static int start(void **state)
{
    crypto_start();
    *state = arena_create(0);
    return 0;
}

static int stop(void **state)
{
    arena_destroy(*state);
    return 0;
}

static void sha256_matches_the_standard(void **state)
{
    /* FIPS 180-2, appendix B.1 */
    assert_str(crypto_sha256_hex(*state, STR("abc")),
               "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void hmac_matches_rfc_4231(void **state)
{
    /* Test case 2, the key "Jefe" padded with zeros to 32 bytes (HMAC pads alike). */
    unsigned char key[32] = "Jefe";

    assert_str(crypto_hmac(*state, key, STR("what do ya want for nothing?")),
               "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM");
}

static void token_of_32_bytes_has_43_characters_and_no_twin(void **state)
{
    Str a = crypto_token(*state, 32);
    Str b = crypto_token(*state, 32);

    assert_int_equal(a.len, 43);
    assert_false(crypto_equal(a, b));
}

static void base64url_comes_back_and_rubbish_does_not(void **state)
{
    Str out;

    for (size_t len = 0; len < 40; len++) {
        char bytes[40];
        crypto_random(bytes, sizeof bytes);
        Str text = crypto_base64url(*state, (Str){bytes, len});
        assert_true(crypto_base64url_decode(*state, text, &out));
        assert_true(str_eq(out, (Str){bytes, len}));
    }
    assert_false(crypto_base64url_decode(*state, STR("ab+/"), &out));
    assert_false(crypto_base64url_decode(*state, STR("abc="), &out));
    assert_false(crypto_base64url_decode(*state, STR("a b"), &out));
    assert_false(crypto_base64url_decode(*state, STR("a"), &out));
}

static void sealed_text_opens_only_whole_and_with_its_key(void **state)
{
    unsigned char key[32];
    unsigned char other[32];
    Str plain;

    crypto_random(key, sizeof key);
    crypto_subkey(key, "other", other);
    Str sealed = crypto_seal(*state, key, STR("Geburtsname"));
    assert_true(crypto_open(*state, key, sealed, &plain));
    assert_str(plain, "Geburtsname");
    assert_false(crypto_open(*state, other, sealed, &plain));
    for (size_t i = 0; i < sealed.len; i++) {
        char *broken = arena_copy(*state, sealed.ptr, sealed.len);
        broken[i] = (char)(broken[i] ^ 1);
        assert_false(crypto_open(*state, key, (Str){broken, sealed.len}, &plain));
        assert_false(crypto_open(*state, key, str_slice(sealed, 0, i), &plain));
    }
}

static void subkeys_depend_on_purpose_and_master(void **state)
{
    unsigned char master[32] = {1};
    unsigned char master2[32] = {2};
    unsigned char a[32], b[32], c[32], again[32];
    (void)state;

    crypto_subkey(master, "file", a);
    crypto_subkey(master, "csrf", b);
    crypto_subkey(master2, "file", c);
    crypto_subkey(master, "file", again);
    assert_memory_not_equal(a, b, 32);
    assert_memory_not_equal(a, c, 32);
    assert_memory_equal(a, again, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sha256_matches_the_standard),
        cmocka_unit_test(hmac_matches_rfc_4231),
        cmocka_unit_test(token_of_32_bytes_has_43_characters_and_no_twin),
        cmocka_unit_test(base64url_comes_back_and_rubbish_does_not),
        cmocka_unit_test(sealed_text_opens_only_whole_and_with_its_key),
        cmocka_unit_test(subkeys_depend_on_purpose_and_master),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
