/** The host's event loops: one selector, one buffer and one heap of timers per thread. */
package dev.culvert.host.loop;
