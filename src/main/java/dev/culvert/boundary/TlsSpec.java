package dev.culvert.boundary;

import javax.net.ssl.SSLContext;

/**
 * TLS to one address of an upstream.
 *
 * @param context knows whom to trust and who we are; shared by all connections that may resume each
 *     other's sessions, and made of classes of the JDK only, since streams outlive deployments
 * @param serverName name or IP address (IPv6 without brackets) that the certificate must be for; a
 *     name is sent as SNI
 */
public record TlsSpec(SSLContext context, String serverName) {}
