package dev.culvert.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Key stores of any of the usual kinds, which their content tells: PEM, PKCS #12, JKS. */
final class KeyStores {

  private static final byte[] JKS = {(byte) 0xfe, (byte) 0xed, (byte) 0xfe, (byte) 0xed};
  private static final String PEM = "-----BEGIN ";

  private KeyStores() {}

  /**
   * Certificates to be trusted.
   *
   * @throws BadValueException when the content cannot be read or holds none
   */
  static KeyStore trust(byte[] content, Optional<String> password) {
    try {
      KeyStore store =
          isPem(content) ? trust(pem(content).certificates()) : load(content, password);
      if (store.size() == 0) {
        throw BadValueException.expected(
            "at least one certificate; of an encrypted store, also its password");
      }
      return store;
    } catch (GeneralSecurityException | IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * A private key with its certificates, or several; their password is that of the file, or empty.
   *
   * @throws BadValueException when the content cannot be read or holds none
   */
  static KeyStore key(byte[] content, Optional<String> password) {
    try {
      KeyStore store = isPem(content) ? key(pem(content), password) : load(content, password);
      boolean any = false;
      for (String alias : Collections.list(store.aliases())) {
        if (store.isKeyEntry(alias)) {
          store.getKey(alias, password.orElse("").toCharArray());
          any = true;
        }
      }
      if (any) {
        return store;
      }
    } catch (GeneralSecurityException | IOException e) {
      throw unreadable(e);
    }
    throw BadValueException.expected("a private key with its certificate");
  }

  private static boolean isPem(byte[] content) {
    return new String(content, StandardCharsets.ISO_8859_1).contains(PEM);
  }

  private static Pem pem(byte[] content) {
    return new Pem(new String(content, StandardCharsets.ISO_8859_1));
  }

  private static KeyStore trust(List<X509Certificate> certificates)
      throws GeneralSecurityException, IOException {
    KeyStore store = empty();
    for (int i = 0; i < certificates.size(); i++) {
      store.setCertificateEntry("trusted-" + i, certificates.get(i));
    }
    return store;
  }

  private static KeyStore key(Pem pem, Optional<String> password)
      throws GeneralSecurityException, IOException {
    List<X509Certificate> chain = pem.certificates();
    if (chain.isEmpty()) {
      throw BadValueException.expected("the certificates of the key in the same file");
    }
    PrivateKey key = pem.key(password);
    if (!belongTogether(key, chain.get(0).getPublicKey())) {
      throw BadValueException.expected("the key's own certificate before the others");
    }
    KeyStore store = empty();
    store.setKeyEntry(
        "key", key, password.orElse("").toCharArray(), chain.toArray(new X509Certificate[0]));
    return store;
  }

  /** Whether what one of the keys signs is good for the other. */
  private static boolean belongTogether(PrivateKey key, PublicKey certified)
      throws GeneralSecurityException {
    if (!key.getAlgorithm().equals(certified.getAlgorithm())) {
      return false;
    }
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    return signature.verify(signed);
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static KeyStore load(byte[] content, Optional<String> password)
      throws GeneralSecurityException, IOException {
    boolean jks = content.length > JKS.length && startsWith(content, JKS);
    KeyStore store = KeyStore.getInstance(jks ? "JKS" : "PKCS12");
    store.load(new ByteArrayInputStream(content), password.map(String::toCharArray).orElse(null));
    return store;
  }

  private static boolean startsWith(byte[] content, byte[] magic) {
    for (int i = 0; i < magic.length; i++) {
      if (content[i] != magic[i]) {
        return false;
      }
    }
    return true;
  }

  private static BadValueException unreadable(Exception cause) {
    return new BadValueException(
        "expected: a PEM file, or a PKCS #12 or JKS store and its password; " + cause.getMessage(),
        cause);
  }
}
