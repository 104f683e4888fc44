package dev.culvert.boundary;

/**
 * How an application's leases are kept.
 *
 * @param remote whether a store outside of this JVM counts them, so that it is owed the release of
 *     each that ends here
 * @param ttlMillis after which a lease ends that is neither renewed nor a stream's, and the release
 *     of one that has ended is owed no more; above 0
 */
public record LeaseSpec(boolean remote, long ttlMillis) {}
