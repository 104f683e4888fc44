package dev.culvert.turn;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;

/** Short names for long values, and for values that must not be kept. */
public final class Digest {

  private static final int BYTES = 16;

  private Digest() {}

  /** 32 hexadecimal digits. Each part goes in with its length: no two lists read alike. */
  public static String of(List<String> parts) {
    MessageDigest sha = sha();
    for (String part : parts) {
      byte[] bytes = part.getBytes(UTF_8);
      sha.update((bytes.length + ":").getBytes(UTF_8));
      sha.update(bytes);
    }
    return name(sha);
  }

  /** 32 hexadecimal digits for bytes that are written one after the other, and not kept. */
  static String of(Consumer<OutputStream> bytes) {
    MessageDigest sha = sha();
    bytes.accept(new DigestOutputStream(OutputStream.nullOutputStream(), sha));
    return name(sha);
  }

  private static String name(MessageDigest sha) {
    return HexFormat.of().formatHex(sha.digest(), 0, BYTES);
  }

  private static MessageDigest sha() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
