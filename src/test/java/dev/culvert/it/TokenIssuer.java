package dev.culvert.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.culvert.testkit.Application;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/** Issues tokens of MicroProfile JWT, signed with a key of its own. */
final class TokenIssuer {

  private static final String NAME = "https://issuer.test";

  private final KeyPair keys;

  TokenIssuer() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    keys = generator.generateKeyPair();
  }

  /** Has an application believe this issuer, from its next deployment on. */
  void trustedBy(Application application) {
    String key = Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
    application.configure("mp.jwt.verify.publickey", key);
    application.configure("mp.jwt.verify.issuer", NAME);
  }

  /** The value of {@code Authorization} for a user in one group. */
  String bearer(String user, String group, Instant expires) throws GeneralSecurityException {
    String head = "{\"typ\":\"JWT\",\"alg\":\"RS256\"}";
    String claims =
        "{\"iss\":\"%s\",\"sub\":\"%s\",\"upn\":\"%s\",\"groups\":[\"%s\"],\"jti\":\"%s\",\"iat\":%d,\"exp\":%d}"
            .formatted(
                NAME,
                user,
                user,
                group,
                UUID.randomUUID(),
                Instant.now().getEpochSecond(),
                expires.getEpochSecond());
    String signed = encoded(head.getBytes(UTF_8)) + "." + encoded(claims.getBytes(UTF_8));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(keys.getPrivate());
    signature.update(signed.getBytes(UTF_8));
    return "Bearer " + signed + "." + encoded(signature.sign());
  }

  private static String encoded(byte[] part) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(part);
  }
}
