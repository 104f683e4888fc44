package dev.culvert.http;

/**
 * What requests must have in common to share connections. Holds digests in the place of secrets.
 *
 * @param proxy through which the connections go, with a digest of its login; empty = none
 * @param tls digest of the TLS identity and of what certificates must be for; empty = none
 * @param scope of the credential: the name of the account with a digest of it; empty = callers' own
 */
record ClientKey(String proxy, String tls, String scope) {}
