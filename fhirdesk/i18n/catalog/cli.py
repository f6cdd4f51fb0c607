"""What the command line and the test of a connection say: code → English. Data; `i18n.messages` reads it."""

from fhirdesk.i18n.translation import N_

CLI_SENTENCES: dict[str, str] = {
    "store_needs_yes": N_("Nothing was done. Say --yes if that is what you want."),
    "cli_import": N_(
        "{read} read: {new} new, {changed} changed, {unchanged} unchanged, {refused} refused; {queued} queued"
    ),
    "cli_export": N_("Exported to {path}, readable by your account alone"),
    "cli_line": N_("Line {line}: {error}"),
    "cli_queued": N_("{queued} queued, {unchanged} unchanged"),
    "cli_drained": N_(
        "{completed} done in {seconds} s. Now: {failed} refused, {conflict} conflict, {unknown} checking, "
        "{held} held, {pending} not sent"
    ),
    "port_taken": N_("Port {port} cannot be had here: choose another with --port, or 0 for a free one."),
    "usage_together": N_("{what} does not go with {other}"),
    "usage_one_of": N_("One of these is needed: {what}"),
    "resolve_twice": N_("{field} is chosen twice"),
    "edit_again": N_("The server's values are shown here from now on. To put yours in their place, edit again."),
    "sides_both": N_("{field}: was {seen}, here {mine}, on the server {theirs} (choose)"),
    "sides_mine": N_("{field}: was {seen}, here {mine}, on the server {theirs} (changed here alone)"),
    "sides_theirs": N_("{field}: was {seen}, here {mine}, on the server {theirs} (changed on the server alone)"),
    "cli_behind": N_("(after {entry})"),
    "name_entries": N_("Name entries, or say which with --status."),
    "cli_paused": N_("Paused: {server}. {count} changes wait until `queue resume`."),
    "cli_resumed": N_("Sending may go on: {server}. {count} changes are not on the server yet."),
    "cli_out_of_time": N_("The time was up before everything was sent. The rest stays in the queue."),
    "cli_output_failed": N_("What was printed could not be written: {detail}. What was saved is safe."),
    "cli_interrupted": N_("Interrupted. What was on its way and not answered is checked at the next start."),
    "cli_elsewhere": N_("Another FHIR Desk is sending from this data folder; this one watches."),
    "cli_validated": N_("{count} looked at, {bad} not valid"),
    "cli_bar_sent": N_("sent"),
    "cli_bar_read": N_("read"),
    "cli_bar_written": N_("written"),
    # -- the test of a connection: what was found, and what a person can do
    "check_name": N_("{host} is {address}"),
    "check_no_name": N_("There is no computer named {host}."),
    "check_refused": N_("{host} is there, but nothing answers at port {port}."),
    "check_silent": N_("{host} does not answer at port {port}."),
    "check_plain": N_("Plain http: right for a server on this computer, {host}:{port}"),
    "check_plain_far": N_("Plain http to {host}:{port}: everybody on the way can read it. The profile allows this."),
    "check_tls": N_("The certificate of {host} is trusted; valid until {expires}, SHA-256 {fingerprint}"),
    "tls_expired": N_("The certificate of {host} ended on {expires} (SHA-256 {fingerprint})."),
    "tls_self_signed": N_(
        "The certificate of {host} is signed by itself alone (valid until {expires}, SHA-256 {fingerprint})."
    ),
    "tls_authority": N_(
        "The certificate of {host} is signed by an authority that this computer does not know (valid until {expires}, "
        "SHA-256 {fingerprint})."
    ),
    "tls_host": N_(
        "The certificate belongs to another name than {host} (valid until {expires}, SHA-256 {fingerprint})."
    ),
    "tls_other": N_("There is no safe connection to {host}."),
    "check_metadata": N_("A FHIR server answers: {software}"),
    "check_version": N_("It speaks FHIR R4 ({version})"),
    "check_no_token": N_("No sign-in is set"),
    "check_token": N_("Signed in; the token is used for {seconds} s"),
    "check_read": N_("Patients can be read"),
    "check_read_unversioned": N_(
        "Patients can be read. The server shows no versions: a change that somebody else makes at the same moment as "
        "ours can be lost."
    ),
    "check_read_narrow": N_("Patients can be read by name, number or birth date only"),
    "check_read_refused": N_("The server does not let this account read patients ({status})."),
    "check_read_wrong": N_("A search for patients was answered with {status} and no Bundle."),
    "check_writes": N_("It takes everything that we send: {types}"),
    "check_writes_some": N_("It takes {types}. It does not take {missing}: these are held."),
    "check_writes_none": N_("It takes nothing that we send."),
    "fix_name": N_("Check the spelling of the address, and whether this computer is in the hospital's network or VPN."),
    "fix_port": N_("Check the address and its port, the firewall, and whether the server runs."),
    "fix_expired": N_("Ask the hospital's IT to renew it, and check this computer's clock."),
    "fix_authority": N_(
        "Ask the hospital's IT for the file of its authority and give it to the profile: profile add {host} --ca-file "
        "FILE. Compare the SHA-256 with them."
    ),
    "fix_tls_host": N_("Use the name that the certificate is made for, or ask the hospital's IT for a right one."),
    "fix_tls": N_(
        "Does the address begin with https:// though the server speaks http, or is the server's TLS older than 1.2?"
    ),
    "fix_address": N_(
        "Check the path of the address: it is the server's FHIR base and often ends with /fhir, /fhir/R4 or /r4."
    ),
    "fix_moved": N_("Give the new address to the profile."),
    "fix_later": N_("Try again later; if it stays, tell the server's people."),
    "fix_version": N_("Ask for the server's R4 address; many serve R4 beside {name} at another path."),
    "fix_secret": N_(
        "Check the client id and the secret: profile add again, or FHIR_CLIENT_ID and FHIR_CLIENT_SECRET."
    ),
    "fix_token_url": N_("Check the address of the token endpoint: profile add --token-url, or FHIR_TOKEN_URL."),
    "fix_sign_in": N_("The server wants a sign-in: give the profile a client id, a secret and the token address."),
    "fix_scope": N_("Ask the server's people to give this client system/*.read and system/*.write."),
    "fix_writes": N_("Ask the server's people whether this address and account may write."),
    "token_wants_key": N_(
        "The server does not take a secret: it wants a sign-in with a signed key (private_key_jwt). Nothing was sent; "
        "everything is kept."
    ),
    "token_refused": N_(
        "The server refused the client id or its secret ({status}). Nothing was sent; everything is kept."
    ),
    "token_none": N_("What answered at the token address gave no token."),
    "token_kind": N_("The token is of a kind that we cannot use: {kind}"),
    "token_nowhere": N_("A client id is set, but not where tokens are, and the server does not say."),
    "token_elsewhere": N_(
        "The server says tokens are at {host}, which is another server: name it in the profile if that is right."
    ),
    "token_unavailable": N_("The token address does not answer. Nothing was sent; everything is kept."),
    "ca_file_wrong": N_("The file of the authority cannot be read: {path}. It must hold certificates as PEM."),
    "answer_coding": N_("The answer cannot be unpacked ({coding})."),
    "cli_answered": N_("The server's answer: HTTP {status}{said}"),
    # -- profiles
    "ask_secret": N_("Client secret of {profile} (not shown): "),
    "profile_kept": N_("Saved: {profile} → {url}. It is the one in use."),
    "profile_moved": N_(
        "{profile} is at {url} now. Nothing is sent before records that were known there are read back with their "
        "birth dates."
    ),
    "profile_used": N_("{profile} is the one in use."),
    "profile_removed": N_("Removed: {profile}."),
    "profile_unsent": N_(
        "{profile} has {count} entries that are not on its server. To remove it all the same, say --yes; they stay."
    ),
    "secret_kept": N_("The secret is in this computer's keyring."),
    "secret_not_kept": N_("This computer has no safe keyring: the secret was not kept. Give it as FHIR_CLIENT_SECRET."),
    "secret_missing": N_("A client id needs a secret: type it, or give it as FHIR_CLIENT_SECRET."),
    "profile_no_url": N_("A profile needs the address of its server."),
    # -- metrics
    "metric_count": N_("Answers"),
    "metric_avg_ms": N_("Average"),
    "metric_p95_ms": N_("95 of 100 faster than"),
    "metric_p99_ms": N_("99 of 100 faster than"),
    "metric_success_rate": N_("Success"),
    "metric_client_error_rate": N_("Refused (4xx)"),
    "metric_server_error_rate": N_("Server errors (5xx, or no answer)"),
    "metric_local_update_success_rate": N_("Edits that reached the record"),
}
