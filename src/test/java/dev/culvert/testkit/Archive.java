package dev.culvert.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * Entries of a jar or WAR in memory. Immutable.
 *
 * @param entries content by path, without directories
 */
record Archive(Map<String, byte[]> entries) {

  static final Archive EMPTY = new Archive(Map.of());

  Archive {
    entries = Collections.unmodifiableMap(new TreeMap<>(entries));
  }

  static Archive read(Path file) {
    return read(bytes(file));
  }

  static Archive read(byte[] packed) {
    Map<String, byte[]> entries = new TreeMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(packed))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (!entry.isDirectory()) {
          entries.put(entry.getName(), zip.readAllBytes());
        }
      }
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return new Archive(entries);
  }

  /** Adds or replaces an entry. */
  Archive with(String path, byte[] content) {
    Map<String, byte[]> more = new TreeMap<>(entries);
    more.put(path, content);
    return new Archive(more);
  }

  Archive with(String path, String content) {
    return with(path, content.getBytes(UTF_8));
  }

  /** Adds top-level classes of the test tree with all classes nested in them. */
  Archive withClasses(String folder, Class<?>... classes) {
    Map<String, byte[]> more = new TreeMap<>(entries);
    for (Class<?> type : classes) {
      for (Path file : classFiles(type)) {
        String name = type.getPackageName().replace('.', '/') + "/" + file.getFileName();
        more.put(folder + name, bytes(file));
      }
    }
    return new Archive(more);
  }

  /** Changes an archive that is an entry of this one. */
  Archive within(String path, UnaryOperator<Archive> change) {
    return with(path, change.apply(read(entries.get(path))).packed());
  }

  /** Writes a zip file. */
  Path pack(Path file) {
    try {
      return Files.write(file, packed());
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private byte[] packed() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setLevel(Deflater.NO_COMPRESSION); // it is read once, and most of it is jars
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
    return bytes.toByteArray();
  }

  /** Writes a directory tree. */
  Path explode(Path directory) {
    try {
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        Path file = directory.resolve(entry.getKey());
        Files.createDirectories(file.getParent());
        Files.write(file, entry.getValue());
      }
      return directory;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  private static List<Path> classFiles(Class<?> type) {
    String name = type.getSimpleName();
    try {
      Path file = Path.of(type.getResource(name + ".class").toURI());
      try (Stream<Path> siblings = Files.list(file.getParent())) {
        return siblings
            .filter(sibling -> belongsTo(name, sibling.getFileName().toString()))
            .toList();
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    } catch (URISyntaxException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static boolean belongsTo(String type, String file) {
    return file.equals(type + ".class") || (file.startsWith(type + "$") && file.endsWith(".class"));
  }

  private static byte[] bytes(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readAllBytes();
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }
}
