package dev.culvert.testkit;

import java.util.Locale;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test the {@link TestServer} that the whole suite shares, started when the first test asks
 * for it and closed at the end of the suite, and an {@link Application} on it; or, as a server of
 * its own that is shared in the same way, the {@link SecureServer}.
 *
 * <p>An application lives as long as what first asked for it: the test class for a parameter of a
 * constructor or of a {@code @BeforeAll} method, else the test method. It is undeployed then.
 */
public final class ServerExtension implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(ServerExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return TestServer.class.isAssignableFrom(type)
        || type == SecureServer.class
        || type == Application.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Store shared = context.getRoot().getStore(NAMESPACE);
    if (parameter.getParameter().getType() == SecureServer.class) {
      return shared
          .getOrComputeIfAbsent(Secure.class, key -> new Secure(SecureServer.start()), Secure.class)
          .server();
    }
    TestServer server =
        shared
            .getOrComputeIfAbsent(Server.class, key -> new Server(TestServer.start()), Server.class)
            .server();
    if (TestServer.class.isAssignableFrom(parameter.getParameter().getType())) {
      return server;
    }
    String name = context.getRequiredTestClass().getSimpleName().toLowerCase(Locale.ROOT);
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            Deployment.class, key -> new Deployment(server.application(name)), Deployment.class)
        .application();
  }

  private record Server(TestServer server) implements Store.CloseableResource {
    @Override
    public void close() {
      server.close();
    }
  }

  private record Secure(SecureServer server) implements Store.CloseableResource {
    @Override
    public void close() {
      server.close();
    }
  }

  private record Deployment(Application application) implements Store.CloseableResource {
    @Override
    public void close() {
      application.close();
    }
  }
}
