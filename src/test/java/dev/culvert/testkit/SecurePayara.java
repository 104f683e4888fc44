package dev.culvert.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;

/** A {@link PayaraMicro} with an https listener, whose certificate is made for it. */
public final class SecurePayara implements AutoCloseable {

  /** Alias and password that the listener of Payara Micro has unless told otherwise. */
  private static final String ALIAS = "s1as";

  private static final String PASSWORD = "changeit";

  private final CertificateAuthority authority;
  private final Path directory;
  private final PayaraMicro server;
  private final int tlsPort;

  private SecurePayara(
      CertificateAuthority authority, Path directory, PayaraMicro server, int tlsPort) {
    this.authority = authority;
    this.directory = directory;
    this.server = server;
    this.tlsPort = tlsPort;
  }

  /** Starts one. */
  public static SecurePayara start() {
    return start(ServerOptions.DEFAULT);
  }

  /** Starts one with options of its own. */
  public static SecurePayara start(ServerOptions options) {
    try {
      CertificateAuthority authority = new CertificateAuthority("tests");
      Path directory = WorkDirectory.create("tls");
      Files.writeString(directory.resolve("ca.pem"), Identity.pem(authority.certificate()));
      Path store =
          authority
              .issue("127.0.0.1", "localhost")
              .write(directory.resolve("listener.p12"), "PKCS12", ALIAS, PASSWORD);
      int port = freePort();
      PayaraMicro server =
          PayaraMicro.start(
              options
                  .jvmFlag("-Djavax.net.ssl.keyStore=" + store)
                  .jvmFlag("-Djavax.net.ssl.keyStoreType=PKCS12")
                  .jvmFlag("-Djavax.net.ssl.keyStorePassword=" + PASSWORD)
                  .arguments("--sslport", Integer.toString(port)));
      return new SecurePayara(authority, directory, server, port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  public PayaraMicro server() {
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
