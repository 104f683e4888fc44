package dev.culvert.boot;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The connectors of servers, as far as the host knows how to take connections over from them. */
enum Connector {
  /** Payara's. */
  GRIZZLY,
  /** WildFly's. */
  UNDERTOW,
  /** Of any other server: connections stay with it. */
  NONE;

  private static final String SERVLET_REQUEST = "jakarta.servlet.ServletRequest";

  private static final String UNDERTOW_REQUEST = "io.undertow.servlet.spec.HttpServletRequestImpl";

  /** What the host links to, beside the JDK. */
  private List<String> needed() {
    return switch (this) {
      case GRIZZLY ->
          List.of(
              "org.glassfish.grizzly.Connection",
              "org.apache.catalina.connector.RequestFacade",
              SERVLET_REQUEST);
      case UNDERTOW ->
          List.of(
              UNDERTOW_REQUEST,
              "io.undertow.server.HttpServerExchange",
              "org.xnio.StreamConnection",
              SERVLET_REQUEST);
      case NONE -> List.of(SERVLET_REQUEST);
    };
  }

  /**
   * A loader of the server that sees all that the host links to.
   *
   * @param application the web application's loader
   */
  Optional<ClassLoader> parent(ClassLoader application) {
    return switch (this) {
      case GRIZZLY -> topmostThatSeesAll(application);
      // WildFly's loaders are a graph and have no parents.
      case UNDERTOW ->
          find(UNDERTOW_REQUEST, application).map(Class::getClassLoader).filter(this::isSeenBy);
      case NONE -> find(SERVLET_REQUEST, application).map(Class::getClassLoader);
    };
  }

  /** The topmost: one below may be the web application's own. */
  private Optional<ClassLoader> topmostThatSeesAll(ClassLoader start) {
    ClassLoader topmost = null;
    for (ClassLoader loader = start; loader != null; loader = loader.getParent()) {
      if (isSeenBy(loader)) {
        topmost = loader;
      }
    }
    return Optional.ofNullable(topmost);
  }

  private boolean isSeenBy(ClassLoader loader) {
    return needed().stream().allMatch(name -> find(name, loader).isPresent());
  }

  /**
   * The connector of the server.
   *
   * @param application the web application's loader
   */
  static Connector of(ClassLoader application) {
    return Arrays.stream(values())
        .filter(connector -> connector.parent(application).isPresent())
        .findFirst()
        .orElse(NONE);
  }

  private static Optional<Class<?>> find(String name, ClassLoader loader) {
    try {
      return Optional.of(Class.forName(name, false, loader));
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }
}
