package dev.culvert.admin;

import java.util.List;

/**
 * The upstreams of one application. {@code dev.culvert:type=Providers,application=...}
 *
 * <p>What is ordered here holds for new attempts, in this deployment, and until the configuration
 * says something else about {@code enabled} than before. Operations throw {@link
 * IllegalArgumentException} when there is no upstream of that name.
 */
public interface ProvidersMXBean {

  /** All of them, by name. */
  List<ProviderInfo> list();

  /** Lets an upstream be chosen, whatever its configuration says; also ends draining. */
  void enable(String provider);

  /** Has an upstream chosen no more, and forgets who is bound to it; its streams go on. */
  void disable(String provider);

  /** Has an upstream chosen only by sessions that are bound to it. */
  void drain(String provider);

  /**
   * Ends all leases of a session at an upstream and unbinds it. Its streams and turns go on without
   * being counted.
   *
   * @return how many leases
   * @throws IllegalStateException when the store of leases does not answer in time
   */
  int forceRelease(String provider, String session);
}
