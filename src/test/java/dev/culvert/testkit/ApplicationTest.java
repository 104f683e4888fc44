package dev.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApplicationTest {

  private final List<String> calls = new ArrayList<>();

  @Test
  void undeploysWhatWasNotDeployedInTime() {
    Application application = new Application(failing("deploy"), "a", "/a");
    assertThatThrownBy(() -> application.deploy(Path.of("a.war"))).hasMessage("deploy hangs");

    application.close();

    assertThat(calls).containsExactly("deploy", "undeploy");
  }

  @Test
  void undeploysNothingThatNobodyDeployed() {
    new Application(failing("deploy"), "a", "/a").close();

    assertThat(calls).isEmpty();
  }

  @Test
  void takesItsPropertiesBackWhenItsUndeploymentHangs() {
    Application application = new Application(failing("undeploy"), "a", "/a").configure("k", "v");
    application.deploy(Path.of("a.war"));

    assertThatThrownBy(application::close).hasMessage("undeploy hangs");

    assertThat(calls).containsExactly("setProperty", "deploy", "undeploy", "clearProperty");
  }

  private TestServer failing(String call) {
    return (TestServer)
        Proxy.newProxyInstance(
            TestServer.class.getClassLoader(),
            new Class<?>[] {TestServer.class},
            (proxy, method, arguments) -> {
              calls.add(method.getName());
              if (method.getName().equals(call)) {
                throw new IllegalStateException(call + " hangs");
              }
              return null;
            });
  }
}
