/** Leases: which sessions each provider carries, over all nodes that share a store. */
package dev.culvert.provider.lease;
