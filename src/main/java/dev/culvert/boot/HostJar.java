package dev.culvert.boot;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * The content of the host jar.
 *
 * @param files by path
 */
record HostJar(Map<String, byte[]> files) {

  /**
   * Reads the jar.
   *
   * @throws IOException when it is missing or cannot be read
   */
  static HostJar read(Supplier<InputStream> source) throws IOException {
    try (InputStream in = source.get()) {
      if (in == null) {
        throw new IOException("WEB-INF/host/culvert-host.jar is missing from the WAR");
      }
      Map<String, byte[]> files = new HashMap<>();
      ZipInputStream zip = new ZipInputStream(in);
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (!entry.isDirectory()) {
          files.put(entry.getName(), zip.readAllBytes());
        }
      }
      return new HostJar(files);
    }
  }

  byte[] require(String path) throws IOException {
    byte[] bytes = files.get(path);
    if (bytes == null) {
      throw new IOException(path + " is missing from the host jar");
    }
    return bytes;
  }
}
