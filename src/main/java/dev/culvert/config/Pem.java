package dev.culvert.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Certificates and keys as text (RFC 7468). What stands between the blocks does not count. */
final class Pem {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  private static final List<String> KEY_TYPES = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Block(String label, byte[] der) {}

  private final List<Block> blocks = new ArrayList<>();

  /** Takes the text apart. */
  Pem(String text) {
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      try {
        byte[] der = Base64.getMimeDecoder().decode(matcher.group(2));
        blocks.add(new Block(matcher.group(1), der));
      } catch (IllegalArgumentException e) {
        throw new BadValueException("expected: PEM blocks in base64", e);
      }
    }
  }

  /** In the order of the file. */
  List<X509Certificate> certificates() throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks) {
      if (block.label().equals("CERTIFICATE")) {
        ByteArrayInputStream der = new ByteArrayInputStream(block.der());
        certificates.add((X509Certificate) factory.generateCertificate(der));
      }
    }
    return certificates;
  }

  /**
   * The first private key.
   *
   * @throws BadValueException when there is none in a form that can be read
   */
  PrivateKey key(Optional<String> password) throws GeneralSecurityException, IOException {
    for (Block block : blocks) {
      switch (block.label()) {
        case "PRIVATE KEY" -> {
          return key(new PKCS8EncodedKeySpec(block.der()));
        }
        case "ENCRYPTED PRIVATE KEY" -> {
          return key(decrypt(block.der(), password));
        }
        case "RSA PRIVATE KEY", "EC PRIVATE KEY" ->
            throw BadValueException.expected(
                "a key in PKCS #8 (BEGIN PRIVATE KEY), as openssl pkcs8 -topk8 makes it");
        default -> {
          continue;
        }
      }
    }
    throw BadValueException.expected("a private key (BEGIN PRIVATE KEY)");
  }

  private static PKCS8EncodedKeySpec decrypt(byte[] der, Optional<String> password)
      throws GeneralSecurityException, IOException {
    if (password.isEmpty()) {
      throw BadValueException.expected("tls.key-password, since the key is encrypted");
    }
    EncryptedPrivateKeyInfo encrypted = new EncryptedPrivateKeyInfo(der);
    // For PBES2 the parameters, and not the name, say which algorithm it is.
    String algorithm =
        encrypted.getAlgName().equals("PBES2")
            ? encrypted.getAlgParameters().toString()
            : encrypted.getAlgName();
    PBEKeySpec spec = new PBEKeySpec(password.get().toCharArray());
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(
        Cipher.DECRYPT_MODE,
        SecretKeyFactory.getInstance(algorithm).generateSecret(spec),
        encrypted.getAlgParameters());
    return encrypted.getKeySpec(cipher);
  }

  private static PrivateKey key(PKCS8EncodedKeySpec spec) throws NoSuchAlgorithmException {
    InvalidKeySpecException fault = null;
    for (String type : KEY_TYPES) {
      try {
        return KeyFactory.getInstance(type).generatePrivate(spec);
      } catch (InvalidKeySpecException e) {
        fault = e; // of another type, perhaps
      }
    }
    throw new BadValueException("expected: a key of type RSA, EC or EdDSA", fault);
  }
}
