package dev.culvert.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.testkit.app.ConfigServlet;
import dev.culvert.testkit.app.FailingListener;
import dev.culvert.testkit.app.LeakyListener;
import dev.culvert.testkit.app.RoleDeclarer;
import dev.culvert.testkit.app.RoleServlet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(ServerExtension.class)
class ServerHarnessIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final War PLAIN = War.empty().withClasses(ConfigServlet.class);

  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void serves_a_packed_war_until_it_is_undeployed(Application application) throws Exception {
    application.deploy(PLAIN.packed());
    assertThat(get(application.http("/config?x")).statusCode()).isEqualTo(200);

    application.undeploy();

    assertThat(get(application.http("/config?x")).statusCode()).isEqualTo(404);
  }

  @Test
  void serves_an_exploded_war(Application application) throws Exception {
    application.deploy(PLAIN.exploded());

    assertThat(get(application.http("/config?x")).statusCode()).isEqualTo(200);
  }

  @Test
  void says_why_an_application_does_not_start(Application application) {
    Path failing = PLAIN.withClasses(FailingListener.class).packed();

    assertThatThrownBy(() -> application.deploy(failing))
        .hasMessageContaining("refused on purpose");
  }

  @Test
  void says_why_a_war_is_not_deployed(Application application) {
    Path broken = PLAIN.with("WEB-INF/web.xml", "<web-app><no-such-element/>").packed();

    assertThatThrownBy(() -> application.deploy(broken)).hasMessageContaining("web.xml");
  }

  @Test
  void makes_variants_of_the_built_war() {
    Path exploded = War.culvert().with("extra/page.txt", "hello").exploded();

    assertThat(exploded.resolve("extra/page.txt")).hasContent("hello");
    assertThat(exploded.resolve("WEB-INF/classes/dev/culvert")).isDirectory();
  }

  @Test
  void reads_the_configuration_in_the_war(Application application) throws Exception {
    application.deploy(PLAIN.withConfig(Map.of("testkit.greeting", "a=b: c\\d")).packed());

    assertThat(get(application.http("/config?testkit.greeting")).body()).isEqualTo("a=b: c\\d");
  }

  @Test
  void reads_system_properties_that_changed_before_a_redeployment(Application application)
      throws Exception {
    application.configure("testkit.value", "first").deploy(PLAIN.packed());
    assertThat(get(application.http("/config?testkit.value")).body()).isEqualTo("first");

    application.configure("testkit.value", "second").redeploy(PLAIN.packed());

    assertThat(get(application.http("/config?testkit.value")).body()).isEqualTo("second");
  }

  /** WildFly's worker threads keep one, of whatever application. */
  @Test
  @Tag(ServerKind.ONLY_PAYARA)
  void counts_one_loader_of_a_clean_war_after_a_redeployment(Application application)
      throws Exception {
    String witness = ConfigServlet.class.getName();
    application.deploy(PLAIN.packed());
    get(application.http("/config?x"));

    application.redeploy(PLAIN.packed());
    get(application.http("/config?x"));

    assertThat(application.server().jvm().loadersOf(witness)).isEqualTo(1);
  }

  @Test
  void counts_each_loader_of_a_leaky_war(Application application) throws Exception {
    ServerJvm jvm = application.server().jvm();
    String witness = LeakyListener.class.getName();
    Path leaky = PLAIN.withClasses(LeakyListener.class).packed();
    application.deploy(leaky);
    application.redeploy(leaky);
    try {
      assertThat(jvm.loadersOf(witness)).isEqualTo(2);
      assertThat(jvm.holdersOf(witness)).contains("com.sun.jmx.mbeanserver.Repository");
    } finally {
      application.undeploy();
      unregister(jvm);
    }
    assertThat(jvm.loadersOf(witness)).isZero();
  }

  @ParameterizedTest
  @CsvSource({"alice,true", "bob,false"})
  void knows_users_and_their_dynamically_declared_roles(
      String user, boolean inRole, Application application) throws Exception {
    application.deploy(
        War.empty()
            .withClasses(RoleServlet.class, RoleDeclarer.class)
            .withBasicAuthentication()
            .packed());

    HttpResponse<String> response = get(application.http("/role?chat"), user);

    assertThat(response.body()).isEqualTo(user + " " + inRole);
  }

  @Test
  void finds_lines_of_the_log(Application application) {
    ServerLog log = application.server().log();
    int mark = log.mark();

    application.deploy(PLAIN.packed());

    String line =
        log.await(
            mark,
            application.name() + ".* was successfully deployed|Deployed.*" + application.name(),
            LIMIT);
    assertThat(line).contains("INFO");
    assertThat(log.find(log.mark(), application.name())).isEmpty();
  }

  @Test
  void serves_the_root_context(TestServer server) throws Exception {
    try (Application application = server.rootApplication("harness")) {
      application.deploy(PLAIN.packed());

      assertThat(get(server.http("/config?x")).statusCode()).isEqualTo(200);
    }
  }

  @Test
  @Tag(ServerKind.PORTABLE)
  void undeploys_nothing_where_there_is_nothing(TestServer server) {
    assertThatCode(() -> server.undeploy("harness-nothing")).doesNotThrowAnyException();
  }

  @Test
  void refuses_a_name_that_is_deployed(Application application) {
    application.deploy(PLAIN.packed());

    assertThatThrownBy(() -> application.deploy(PLAIN.packed()))
        .hasMessageContaining("not deployed");
  }

  @Test
  void logs_below_the_default_level_on_demand(Application application) throws Exception {
    ServerLog log = application.server().log();
    int mark = log.mark();
    application.server().setLogLevel(ConfigServlet.class.getName(), "FINE");
    application.deploy(PLAIN.packed());

    get(application.http("/config?testkit.asked"));

    assertThat(log.await(mark, "asked for testkit.asked", LIMIT)).contains("asked");
  }

  @Test
  void starts_a_server_with_options_and_lets_it_stop() throws Exception {
    ServerOptions options = ServerOptions.DEFAULT.environment("TESTKIT_GREETING", "hello");
    try (TestServer server = TestServer.start(options)) {
      Application application = server.application("own");
      application.deploy(PLAIN.packed());
      assertThat(get(application.http("/config?testkit.greeting")).body()).isEqualTo("hello");

      assertThat(server.stop(Duration.ofSeconds(60))).isTrue();

      // Not its last words: the JVM's own shutdown may close the log before they are written.
      assertThat(server.isAlive()).isFalse();
    }
  }

  @Test
  void says_why_a_server_does_not_start() {
    ServerOptions options = ServerOptions.DEFAULT.jvmFlag("-XX:+NoSuchFlag");

    assertThatThrownBy(() -> TestServer.start(options)).hasMessageContaining("NoSuchFlag");
  }

  @Test
  void watches_threads_files_and_memory(TestServer server) {
    ServerJvm jvm = server.jvm();

    assertThat(jvm.threadNames()).contains("Reference Handler");
    assertThat(jvm.busyThreads())
        .startsWith("threads: ")
        .contains("\"testkit-parent-watch\" RUNNABLE\n")
        .doesNotContain("Reference Handler");
    assertThat(jvm.threadCount()).isPositive();
    assertThat(jvm.openFiles()).isPositive();
    assertThat(jvm.heapAfterCollection()).isBetween(1L << 20, 1L << 29);
    assertThat(jvm.instancesOf("java.lang.Thread")).isPositive();
  }

  private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri).timeout(LIMIT).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> get(URI uri, String user) throws IOException, InterruptedException {
    String login = user + ":" + new StringBuilder(user).reverse();
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(LIMIT)
            .header(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(login.getBytes(UTF_8)))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  private static void unregister(ServerJvm jvm) throws IOException, JMException {
    for (ObjectName bean : jvm.names(LeakyListener.BEANS)) {
      jvm.beans().unregisterMBean(bean);
    }
  }
}
