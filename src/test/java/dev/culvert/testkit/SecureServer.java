package dev.culvert.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * A {@link TestServer} with an https listener, whose certificate is made for it. Its listeners keep
 * an HTTP connection between two requests for {@link #KEEP_ALIVE} only, and WildFly a thread beyond
 * its core threads, when idle. Bodies may have any length, but on WildFly's https listener, which
 * takes 10 MiB as shipped.
 */
public final class SecureServer implements AutoCloseable {

  /** Half a minute in Payara, a minute in WildFly, as they are shipped. */
  public static final Duration KEEP_ALIVE = Duration.ofSeconds(5);

  /** Only this one compiles AES-GCM to the processor's own instructions. */
  private static final String SECOND_COMPILER = "-XX:TieredStopAtLevel=4";

  private final CertificateAuthority authority;
  private final Path directory;
  private final TestServer server;
  private final int tlsPort;

  private SecureServer(
      CertificateAuthority authority, Path directory, TestServer server, int tlsPort) {
    this.authority = authority;
    this.directory = directory;
    this.server = server;
    this.tlsPort = tlsPort;
  }

  /** Starts one. */
  public static SecureServer start() {
    return start(ServerOptions.DEFAULT);
  }

  /** Starts one with options of its own. */
  public static SecureServer start(ServerOptions options) {
    try {
      CertificateAuthority authority = new CertificateAuthority("tests");
      Path directory = WorkDirectory.create("tls");
      Files.writeString(directory.resolve("ca.pem"), Identity.pem(authority.certificate()));
      Identity listener = authority.issue("127.0.0.1", "localhost");
      int port = FreePort.find();
      ServerOptions quick = options.jvmFlag(SECOND_COMPILER);
      TestServer server =
          switch (ServerKind.underTest()) {
            case PAYARA_MICRO -> payara(quick, listener, directory, port);
            case WILDFLY -> wildFly(quick, listener, directory, port);
            case TOMCAT_10, TOMCAT_11, GLASSFISH ->
                throw new IOException("no TLS listener made here");
          };
      return new SecureServer(authority, directory, server, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static TestServer payara(
      ServerOptions options, Identity listener, Path directory, int port) throws IOException {
    Path store = listener.write(directory.resolve("listener.p12"), "PKCS12", "s1as", "changeit");
    return PayaraMicro.start(
        options
            .jvmFlag("-Djavax.net.ssl.keyStore=" + store)
            .jvmFlag("-Djavax.net.ssl.keyStoreType=PKCS12")
            .jvmFlag("-Djavax.net.ssl.keyStorePassword=changeit")
            .arguments("--sslport", Integer.toString(port))
            .arguments("--prebootcommandfile", bootCommands(directory).toString()));
  }

  private static Path bootCommands(Path directory) throws IOException {
    Stream<String> timeouts =
        Stream.of("http-listener", "https-listener")
            .map(
                protocol ->
                    "set configs.config.server-config.network-config.protocols.protocol."
                        + (protocol + ".http.timeout-seconds=" + KEEP_ALIVE.toSeconds()));
    return Files.write(
        directory.resolve("preboot.txt"),
        Stream.concat(PayaraCommand.loopbackOnly().stream(), timeouts).toList());
  }

  private static TestServer wildFly(
      ServerOptions options, Identity listener, Path directory, int port) throws IOException {
    Path store = listener.write(directory.resolve("listener.jks"), "JKS", "server", "password");
    WildFly server = WildFly.start(options.jvmFlag("-Djboss.https.port=" + port), store);
    // As shipped it speaks TLS 1.2 only.
    String context = "/subsystem=elytron/server-ssl-context=applicationSSC";
    server.manage(
        context,
        "write-attribute",
        Map.of("name", "protocols", "value", List.of("TLSv1.2", "TLSv1.3")));
    server.manage(
        context,
        "write-attribute",
        Map.of("name", "cipher-suite-names", "value", "TLS_AES_256_GCM_SHA384"));
    for (String name : List.of("http-listener=default", "https-listener=https")) {
      server.manage(
          "/subsystem=undertow/server=default-server/" + name,
          "write-attribute",
          Map.of("name", "no-request-timeout", "value", KEEP_ALIVE.toMillis()));
    }
    server.manage(
        "/subsystem=undertow/server=default-server/http-listener=default",
        "write-attribute",
        Map.of("name", "max-post-size", "value", 0));
    server.manage(
        "/subsystem=io/worker=default",
        "write-attribute",
        Map.of("name", "task-keepalive", "value", KEEP_ALIVE.toMillis()));
    server.reload();
    return server;
  }

  public TestServer server() {
    return server;
  }

  /** Port of the https listener on 127.0.0.1. */
  public int tlsPort() {
    return tlsPort;
  }

  /** Who issued the listener's certificate. */
  public CertificateAuthority authority() {
    return authority;
  }

  /** The authority's certificate as a PEM file. */
  public Path trust() {
    return directory.resolve("ca.pem");
  }

  /** For files of the test. */
  public Path directory() {
    return directory;
  }

  /** For clients: trusts the authority. */
  public SSLContext clientContext() {
    return Identity.anonymous(authority.certificate());
  }

  @Override
  public void close() {
    server.close();
  }
}
