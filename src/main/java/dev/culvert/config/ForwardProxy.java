package dev.culvert.config;

import java.util.Optional;

/**
 * A proxy through which upstreams are reached.
 *
 * @param host name or IP address, IPv6 in brackets
 * @param port 1 to 65535
 * @param login what it asks for, if anything
 */
public record ForwardProxy(String host, int port, Optional<Login> login) {}
