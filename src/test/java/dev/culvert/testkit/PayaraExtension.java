package dev.culvert.testkit;

import java.util.Locale;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a test the {@link PayaraMicro} that the whole suite shares, started when the first test
 * asks for it and closed at the end of the suite, and an {@link Application} on it.
 *
 * <p>An application lives as long as what first asked for it: the test class for a parameter of a
 * constructor or of a {@code @BeforeAll} method, else the test method. It is undeployed then.
 */
public final class PayaraExtension implements ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(PayaraExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == PayaraMicro.class || type == Application.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    PayaraMicro server =
        context
            .getRoot()
            .getStore(NAMESPACE)
            .getOrComputeIfAbsent(
                Server.class, key -> new Server(PayaraMicro.start()), Server.class)
            .server();
    if (parameter.getParameter().getType() == PayaraMicro.class) {
      return server;
    }
    String name = context.getRequiredTestClass().getSimpleName().toLowerCase(Locale.ROOT);
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            Deployment.class, key -> new Deployment(server.application(name)), Deployment.class)
        .application();
  }

  private record Server(PayaraMicro server) implements Store.CloseableResource {
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
