package dev.culvert.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** A private key, its certificate and who issued it. */
public record Identity(PrivateKey key, X509Certificate certificate, X509Certificate issuer) {

  private static final char[] PASSWORD = "changeit".toCharArray();

  /** A context that shows this identity and trusts an issuer. */
  public SSLContext context(X509Certificate trusted) {
    return context(keyManagers(), trustManagers(trusted));
  }

  /** A context that shows nothing and trusts an issuer. */
  public static SSLContext anonymous(X509Certificate trusted) {
    return context(null, trustManagers(trusted));
  }

  /** A context that shows what lies in a PKCS #12 store and trusts whom the JDK trusts. */
  public static SSLContext context(Path store, String password) throws IOException {
    try {
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      char[] secret = password.toCharArray();
      factory.init(KeyStore.getInstance(store.toFile(), secret), secret);
      return context(factory.getKeyManagers(), null);
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot read " + store, e);
    }
  }

  /** Reads a certificate of a PEM file. */
  public static X509Certificate certificate(Path pem) throws IOException {
    try (InputStream in = Files.newInputStream(pem)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (CertificateException e) {
      throw new IOException("cannot read " + pem, e);
    }
  }

  public static SSLContext context(KeyManager[] keys, TrustManager[] trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public KeyManager[] keyManagers() {
    try {
      KeyManagerFactory factory =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      factory.init(store("PKCS12", "own", PASSWORD), PASSWORD);
      return factory.getKeyManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  public static TrustManager[] trustManagers(X509Certificate trusted) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(trustStore("PKCS12", trusted));
      return factory.getTrustManagers();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore trustStore(String type, X509Certificate trusted)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(type);
    store.load(null, null);
    store.setCertificateEntry("trusted", trusted);
    return store;
  }

  private KeyStore store(String type, String alias, char[] password)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(type);
    store.load(null, null);
    store.setKeyEntry(alias, key, password, new Certificate[] {certificate, issuer});
    return store;
  }

  /** Writes key and certificates as a store of the given type. */
  public Path write(Path file, String type, String alias, String password) {
    try {
      return write(file, store(type, alias, password.toCharArray()), password);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes a certificate to be trusted as a store of the given type. */
  public static Path writeTrust(
      Path file, String type, String password, X509Certificate certificate) {
    try {
      return write(file, trustStore(type, certificate), password);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path write(Path file, KeyStore store, String password)
      throws GeneralSecurityException, IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, password.toCharArray());
    }
    return file;
  }

  /** Key and certificates as PEM. */
  public String pem() {
    return block("PRIVATE KEY", key.getEncoded()) + pem(certificate) + pem(issuer);
  }

  public static String pem(X509Certificate certificate) {
    try {
      return block("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String block(String label, byte[] der) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, base64, label);
  }
}
