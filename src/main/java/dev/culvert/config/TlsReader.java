package dev.culvert.config;

import dev.culvert.config.Upstream.Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Reads how connections to an upstream are secured. */
final class TlsReader {

  private static final List<String> KEYS =
      List.of("tls.trust", "tls.trust-password", "tls.key", "tls.key-password", "tls.server-name");

  private final Source source;
  private final String prefix;
  private final Section section;

  /**
   * @param prefix of the upstream's keys
   */
  TlsReader(Source source, String prefix) {
    this.source = source;
    this.prefix = prefix;
    this.section = new Section(source, prefix);
  }

  /** Empty when no address is secure; a key without effect is a problem then. */
  Optional<UpstreamTls> read(List<Address> addresses) {
    if (addresses.stream().noneMatch(Address::secure)) {
      if (!addresses.isEmpty()) {
        KEYS.forEach(this::rejectIdle);
      }
      return Optional.empty();
    }
    Optional<String> trustPassword = text("tls.trust-password");
    Optional<String> keyPassword = text("tls.key-password");
    Optional<Store> trust = store("tls.trust", bytes -> KeyStores.trust(bytes, trustPassword));
    Optional<Store> key = store("tls.key", bytes -> KeyStores.key(bytes, keyPassword));
    Optional<String> serverName = section.find("tls.server-name", Hosts::parse);
    if (text("tls.trust").isEmpty()) {
      rejectIdle("tls.trust-password");
    }
    if (text("tls.key").isEmpty()) {
      rejectIdle("tls.key-password");
    }
    SSLContext context =
        context(trust.map(Store::keyStore), key.map(Store::keyStore), keyPassword.orElse(""));
    String fingerprint =
        trust.map(Store::fingerprint).orElse("-")
            + key.map(Store::fingerprint).orElse("-")
            + fingerprint(keyPassword.orElse("").getBytes(StandardCharsets.UTF_8));
    return Optional.of(new UpstreamTls(context, serverName, fingerprint));
  }

  private record Store(KeyStore keyStore, String fingerprint) {}

  private Optional<Store> store(String key, Function<byte[], KeyStore> reader) {
    return section.find(
        key,
        path -> {
          byte[] content = content(path);
          return new Store(reader.apply(content), fingerprint(content));
        });
  }

  private static byte[] content(String path) {
    try {
      return Files.readAllBytes(Path.of(path));
    } catch (IOException | InvalidPathException e) {
      throw new BadValueException("expected: a file that can be read; " + e, e);
    }
  }

  private Optional<String> text(String key) {
    return section.find(key, Function.identity());
  }

  private void rejectIdle(String key) {
    text(key)
        .ifPresent(
            value ->
                source.reject(
                    prefix + key,
                    value,
                    key.endsWith("-password")
                        ? "expected: not without the file that it is for"
                        : "expected: not without a wss:// or https:// url"));
  }

  /** Made of the JDK's own parts only: a context lives as long as the streams that use it. */
  private static SSLContext context(
      Optional<KeyStore> trust, Optional<KeyStore> key, String keyPassword) {
    try {
      TrustManagerFactory trusted =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trusted.init(trust.orElse(null));
      KeyManager[] own = {};
      if (key.isPresent()) {
        KeyManagerFactory keys =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(key.get(), keyPassword.toCharArray());
        own = keys.getKeyManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own, trusted.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK's TLS cannot be set up", e);
    }
  }

  private static String fingerprint(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
