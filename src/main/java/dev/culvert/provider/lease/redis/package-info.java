/** Leases in Redis or Valkey, shared by all nodes that name the same prefix there. */
package dev.culvert.provider.lease.redis;
