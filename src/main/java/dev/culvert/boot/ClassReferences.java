package dev.culvert.boot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * The names of classes in the constant pool of a class file (JVMS section 4.4): all that its code
 * names, and all types of the methods and fields that it uses, those of its lambdas among them.
 */
final class ClassReferences {

  private static final int MAGIC = 0xCAFEBABE;

  private final ByteBuffer file;

  /** Where the text of each index begins; 0 for other constants. */
  private final int[] texts;

  /** Indexes of texts that are descriptors, and of those that name classes. */
  private final BitSet descriptors = new BitSet();

  private final BitSet classes = new BitSet();

  private ClassReferences(ByteBuffer file) throws IOException {
    this.file = file;
    if (file.getInt() != MAGIC) {
      throw new IOException("not a class file");
    }
    file.getInt(); // the version
    texts = new int[u2()];
    for (int index = 1; index < texts.length; ) {
      index += read(index);
    }
  }

  /**
   * Reads them.
   *
   * @return binary names, without those of arrays and primitive types
   * @throws IOException when it is no class file, or has a constant that Java 25 does not know
   */
  static Set<String> of(byte[] classFile) throws IOException {
    try {
      return new ClassReferences(ByteBuffer.wrap(classFile)).names();
    } catch (BufferUnderflowException e) {
      throw new IOException("class file is cut off", e);
    }
  }

  private int u2() {
    return Short.toUnsignedInt(file.getShort());
  }

  private void skip(int bytes) {
    file.position(Math.min(file.position() + bytes, file.limit()));
  }

  /** Reads a constant, and returns how many indexes it takes. */
  private int read(int index) throws IOException {
    int tag = file.get();
    switch (tag) {
      case 1 -> { // text
        texts[index] = file.position();
        skip(u2());
      }
      case 7 -> classes.set(u2());
      case 16 -> descriptors.set(u2()); // type of a method
      case 12 -> { // name and type
        skip(2);
        descriptors.set(u2());
      }
      case 8, 19, 20 -> skip(2);
      case 15 -> skip(3);
      case 3, 4, 9, 10, 11, 17, 18 -> skip(4);
      case 5, 6 -> skip(8);
      default -> throw new IOException("constant with tag " + tag);
    }
    return tag == 5 || tag == 6 ? 2 : 1;
  }

  private Set<String> names() {
    Set<String> names = new HashSet<>();
    classes.stream().mapToObj(this::text).forEach(name -> addClass(name, names));
    descriptors.stream().mapToObj(this::text).forEach(type -> addTypes(type, names));
    return names;
  }

  private String text(int index) {
    int start = texts[index];
    byte[] bytes = new byte[Short.toUnsignedInt(file.getShort(start))];
    file.get(start + 2, bytes);
    return new String(bytes, UTF_8);
  }

  private static void addClass(String name, Set<String> names) {
    if (name.startsWith("[")) {
      addTypes(name, names);
    } else {
      names.add(name.replace('/', '.'));
    }
  }

  /** Adds those of a descriptor (JVMS section 4.3), in which each name stands between L and ;. */
  private static void addTypes(String descriptor, Set<String> names) {
    for (int end = descriptor.indexOf(';'), from = 0; end > 0; ) {
      int start = descriptor.indexOf('L', from) + 1;
      names.add(descriptor.substring(start, end).replace('/', '.'));
      from = end + 1;
      end = descriptor.indexOf(';', from);
    }
  }
}
