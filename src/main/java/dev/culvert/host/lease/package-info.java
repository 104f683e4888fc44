/** The book of leases: which sessions each provider carries, as far as this JVM knows. */
package dev.culvert.host.lease;
