package dev.culvert.testkit;

import java.util.Locale;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test the {@link TestServer} that all tests of this JVM share, and an {@link Application}
 * on it; or, as a server of its own that is shared in the same way, the {@link SecureServer}.
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
    Class<?> type = parameter.getParameter().getType();
    if (type == SecureServer.class) {
      return SharedServers.secure();
    }
    TestServer server = SharedServers.plain();
    if (type != Application.class) {
      return server;
    }
    String name = context.getRequiredTestClass().getSimpleName().toLowerCase(Locale.ROOT);
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            Deployment.class, key -> new Deployment(server.application(name)), Deployment.class)
        .application();
  }

  private record Deployment(Application application) implements Store.CloseableResource {
    @Override
    public void close() {
      application.close();
    }
  }
}
