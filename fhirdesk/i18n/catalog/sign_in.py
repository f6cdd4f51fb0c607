"""What is said of a sign-in: tokens, secrets and keys: code → English. Data; `i18n.messages` reads it."""

from fhirdesk.i18n.translation import N_

SIGN_IN_SENTENCES: dict[str, str] = {
    "token_key_refused": N_(
        "The server does not know the client id or its key ({status}). Nothing was sent; everything is kept."
    ),
    "token_no_key": N_("The profile signs in with a key and has none. Nothing was sent; everything is kept."),
    "token_no_client": N_("A sign-in needs the client id that the server gave: --client-id, or FHIR_CLIENT_ID."),
    "token_scope": N_("The server does not give what was asked for: {scope}. Nothing was sent; everything is kept."),
    "check_token_clock": N_(
        "Signed in; the token is used for {seconds} s. This computer's clock and the server's differ by {offset} s: "
        "the server's is used for the sign-in"
    ),
    "fix_key": N_(
        "Sign in with a key: profile add NAME --sign-in key --new-key, then register what profile jwks NAME prints."
    ),
    "fix_key_refused": N_(
        "Register what profile jwks NAME prints under this client id, and have the client enabled there."
    ),
    "fix_no_key": N_("Make one: profile add NAME --new-key, or name a file: --key-file, FHIR_CLIENT_KEY."),
    "fix_no_client": N_("Register what profile jwks NAME prints, and give the profile the client id: --client-id."),
    "fix_scope_asked": N_("Ask the server's people what this client may do, and say that: profile add NAME --scope."),
    "key_file_exposed": N_(
        "Others may read {path}, and sign in with the key in it. Make it yours alone (chmod 600), and change the key."
    ),
    "key_file_missing": N_("There is no file {path}. To make a key there, say --new-key."),
    "key_file_unreadable": N_("The file of the key cannot be read: {path}"),
    "key_file_unwritable": N_("The file of the key cannot be written: {path}"),
    "key_file_wrong": N_(
        "{path} holds no private key that signs: PEM without a password, or JWK; RSA of 2048 bits or more, or P-384."
    ),
    "key_sealed": N_(
        "The keyring does not give what opens the key of {profile}: unlock it, or make another key (profile "
        "remove, add)."
    ),
    "key_no_keyring": N_("This computer has no safe keyring. Name a file for the key: --key-file FILE."),
    "key_exists": N_("{profile} has a key already. A new one beside it: fhirdesk-cli profile rotate {profile}."),
    "key_missing": N_("{profile} has no key. Make one: --new-key, or name a file: --key-file."),
    "key_not_registered": N_(
        "A new key cannot be tested before it is registered. Add without --check, register what fhirdesk-cli profile "
        "jwks {profile} prints, then test."
    ),
    "key_from_environment": N_("The key comes from FHIR_CLIENT_KEY: it is changed there."),
    "key_to_register": N_("Its public key is to be registered at the server: fhirdesk-cli profile jwks {profile}"),
    "key_rotated": N_(
        "{profile} has a new key, {kid}. Register what fhirdesk-cli profile jwks {profile} prints; until then the key "
        "before signs, which stays until the next rotate."
    ),
}
