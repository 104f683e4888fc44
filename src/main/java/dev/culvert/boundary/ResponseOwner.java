package dev.culvert.boundary;

/**
 * What a response of an upstream came from.
 *
 * @param account of the socket that answered
 * @param conversation as in {@link SlotSpec#conversation()}
 * @param url of the socket that answered
 */
public record ResponseOwner(String account, String conversation, String url) {}
