package dev.culvert.host.grizzly;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.filterchain.FilterChainContext.Operation;
import org.glassfish.grizzly.ssl.SSLBaseFilter;

/**
 * What Grizzly has read of a TLS connection and cannot decrypt yet: the beginning of a record whose
 * rest has not arrived. Its filter chain keeps it for the TLS filter, in private state of the
 * connection.
 */
final class BufferedCiphertext {

  private static final String STATE = "org.glassfish.grizzly.filterchain.DefaultFilterChain$";

  /** {@code FiltersState.get(Operation, int)}: what is kept for a filter, null for nothing. */
  private final Method get;

  private final Field content;

  /**
   * Finds the way to the state.
   *
   * @throws IllegalStateException when this Grizzly keeps it otherwise
   */
  BufferedCiphertext() {
    try {
      ClassLoader loader = Connection.class.getClassLoader();
      Class<?> state = Class.forName(STATE + "FiltersState", false, loader);
      get = state.getDeclaredMethod("get", Operation.class, int.class);
      get.setAccessible(true);
      Class<?> element = Class.forName(STATE + "FilterStateElement", false, loader);
      content = element.getDeclaredField("state");
      content.setAccessible(true);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalStateException("Grizzly keeps the state of filters otherwise: " + e, e);
    }
  }

  /**
   * A copy of the bytes; there are none in the usual case.
   *
   * @param chain that has read them
   * @throws IllegalStateException when they are kept otherwise
   */
  ByteBuffer of(Connection<?> connection, FilterChain chain) {
    int filter = chain.indexOfType(SSLBaseFilter.class);
    Object state = connection.obtainProcessorState(chain, () -> null);
    if (state == null) {
      return ByteBuffer.allocate(0);
    }
    try {
      Object kept = get.invoke(state, Operation.READ, filter);
      if (kept == null) {
        return ByteBuffer.allocate(0);
      }
      Buffer buffer = (Buffer) content.get(kept);
      ByteBuffer copy = ByteBuffer.allocate(buffer.remaining());
      buffer.get(copy);
      return copy.flip();
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IllegalStateException("Grizzly keeps the state of filters otherwise: " + e, e);
    }
  }
}
