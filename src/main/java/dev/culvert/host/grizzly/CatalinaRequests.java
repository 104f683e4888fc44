package dev.culvert.host.grizzly;

import jakarta.servlet.ServletRequestWrapper;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Optional;
import org.apache.catalina.connector.RequestFacade;
import org.glassfish.grizzly.http.server.Request;

/** The way from a request of the Servlet API to Grizzly's. Immutable. */
final class CatalinaRequests {

  /** Payara's name for it, and the one that GlassFish 7 has given it. */
  private static final List<String> ACCESSORS = List.of("getCoyoteRequest", "getGrizzlyRequest");

  private final MethodHandle accessor;

  private CatalinaRequests(MethodHandle accessor) {
    this.accessor = accessor;
  }

  /**
   * Looks it up.
   *
   * @throws IllegalStateException when this web container has neither
   */
  static CatalinaRequests find() {
    return ACCESSORS.stream()
        .flatMap(name -> accessor(name).stream())
        .findFirst()
        .map(CatalinaRequests::new)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "web container of an unknown form: none of " + ACCESSORS));
  }

  private static Optional<MethodHandle> accessor(String name) {
    try {
      return Optional.of(
          MethodHandles.publicLookup()
              .findVirtual(
                  org.apache.catalina.connector.Request.class,
                  name,
                  MethodType.methodType(Request.class)));
    } catch (NoSuchMethodException | IllegalAccessException absent) {
      return Optional.empty();
    }
  }

  /** Grizzly's request; empty when there is none. */
  Optional<Request> grizzly(Object request) {
    Object inner = request;
    while (inner instanceof ServletRequestWrapper wrapper) {
      inner = wrapper.getRequest();
    }
    return inner instanceof RequestFacade facade
        ? Optional.of(call(facade.getUnwrappedCoyoteRequest()))
        : Optional.empty();
  }

  private Request call(org.apache.catalina.connector.Request request) {
    try {
      return (Request) accessor.invokeExact(request);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) { // the accessors declare none
      throw new IllegalStateException(e);
    }
  }
}
