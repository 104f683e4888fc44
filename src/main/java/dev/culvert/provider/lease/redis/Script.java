package dev.culvert.provider.lease.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What is done in Redis: each is one script, and so one step that nothing comes between. */
enum Script {
  ACQUIRE("acquire"),
  REGISTER("register"),
  RENEW("renew"),
  RELEASE("release"),
  TERMINATE("terminate"),
  COUNT("count"),
  KNOWN("known");

  private final String text;
  private final String digest;

  Script(String name) {
    text = read("provider") + read(name);
    digest = sha1(text);
  }

  /** In Lua 5.1. */
  String text() {
    return text;
  }

  /** The name by which the server knows the script once it has seen it: SHA-1 in hexadecimal. */
  String digest() {
    return digest;
  }

  private static String read(String name) {
    try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
      if (in == null) {
        throw new IllegalStateException(name + ".lua is missing beside " + Script.class.getName());
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha1(String text) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
